using System.Globalization;
using System.Text;
using Streaming.Broker.Log;

namespace Streaming.Broker.Transactions;

/// <summary>
/// Hands out producer ids. Blocks of them are reserved on disk beforehand, so that no crash ever gives an id twice.
/// </summary>
internal sealed class ProducerIds(FileLayer files, string dataDirectory)
{
    private const long BlockSize = 1000;

    private readonly Lock _lock = new();
    private readonly string _path = Path.Combine(dataDirectory, "producer-ids");
    private long _next = -1;
    private long _reserved = -1;

    public long Next()
    {
        lock (_lock)
        {
            if (_next < 0)
            {
                _next = _reserved = File.Exists(_path) ? long.Parse(File.ReadAllText(_path), CultureInfo.InvariantCulture) : 0;
            }

            if (_next == _reserved)
            {
                var reserved = _reserved + BlockSize;
                files.WriteAtomically(_path, Encoding.ASCII.GetBytes(reserved.ToString(CultureInfo.InvariantCulture)));
                _reserved = reserved;
            }

            return _next++;
        }
    }
}
