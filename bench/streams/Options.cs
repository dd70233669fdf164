using System.Globalization;

namespace Streaming.Streams.Bench;

/// <summary>key=value arguments, as the peer's.</summary>
public sealed class Options
{
    private readonly Dictionary<string, string> _values;

    public Options(IEnumerable<string> arguments) =>
        _values = arguments.Select(a => a.Split('=', 2)).ToDictionary(a => a[0], a => a.Length > 1 ? a[1] : "true");

    public string Get(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public int Get(string name, int otherwise) => _values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    public long Get(string name, long otherwise) => _values.TryGetValue(name, out var value) ? long.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    public bool Get(string name, bool otherwise) => _values.TryGetValue(name, out var value) ? bool.Parse(value) : otherwise;

    public Options With(string name, string value) => new(_values.Where(v => v.Key != name).Append(new(name, value)).Select(v => $"{v.Key}={v.Value}"));

    public string Bootstrap => Get("bootstrap", "127.0.0.1:19092");
}
