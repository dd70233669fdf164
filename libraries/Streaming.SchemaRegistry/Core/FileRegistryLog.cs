using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.SchemaRegistry.Core;

/// <summary>
/// An append-only file of text lines: the CRC-32C of what follows, a space, and a JSON array of records. A line is
/// written and flushed at once for all who wait at that moment, so it is the unit that a crash takes or leaves: only the
/// last line can be torn, and it is cut off at the next start. A bad line before others is damage, and refused.
/// </summary>
internal sealed class FileRegistryLog : IRegistryLog
{
    private const string FileName = "registry.log";
    private const string LockName = "registry.lock";
    private static readonly byte[] Header = "streaming-registry 1\n"u8.ToArray();

    private readonly string path;
    private readonly FileStream directoryLock;
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle file;
    private readonly SemaphoreSlim flushing = new(1);
    private readonly Lock gate = new();
    private List<RegistryRecord> pending = [];
    private long length;
    private long epoch;
    private long appended;
    private long durable;

    private FileRegistryLog(string path, FileStream directoryLock)
    {
        this.path = path;
        this.directoryLock = directoryLock;
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>How many bytes of a torn last line were cut off on opening.</summary>
    public long CutOff { get; private set; }

    public LogPosition End
    {
        get
        {
            lock (gate)
            {
                return new LogPosition(epoch, appended);
            }
        }
    }

    /// <summary>Opens the log in a folder, which is created where it is missing.</summary>
    /// <exception cref="RegistryStorageException">
    /// The folder can't be written, another process has it, or the file is damaged.
    /// </exception>
    public static FileRegistryLog Open(string directory)
    {
        FileStream? directoryLock = null;
        try
        {
            Directory.CreateDirectory(directory);
            directoryLock = TakeLock(directory);
            var log = new FileRegistryLog(Path.Combine(directory, FileName), directoryLock);
            directoryLock = null;
            try
            {
                log.Recover(directory);
                return log;
            }
            catch
            {
                log.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException or ArgumentException)
                                  && e is not RegistryStorageException)
        {
            throw new RegistryStorageException($"The registry's folder {directory} can't be used: {e.Message}", e);
        }
        finally
        {
            directoryLock?.Dispose();
        }
    }

    public IEnumerable<RegistryRecord> ReadAll()
    {
        var bytes = new byte[length];
        ReadFully(bytes);
        var rest = bytes.AsMemory(Header.Length);
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            foreach (var record in Parse(rest[9..end]))
            {
                yield return record;
            }

            rest = rest[(end + 1)..];
        }
    }

    public void Append(IReadOnlyList<RegistryRecord> records, long epoch)
    {
        lock (gate)
        {
            ThrowIfOver(epoch);
            pending.AddRange(records);
            appended++;
        }
    }

    public async ValueTask WhenDurableAsync(LogPosition position)
    {
        if (IsDurable(position))
        {
            return;
        }

        await flushing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!IsDurable(position))
            {
                Flush();
            }
        }
        finally
        {
            flushing.Release();
        }
    }

    public void Dispose()
    {
        file.Dispose();
        directoryLock.Dispose();
        flushing.Dispose();
    }

    private bool IsDurable(LogPosition position)
    {
        lock (gate)
        {
            ThrowIfOver(position.Epoch);
            return position.Sequence <= durable;
        }
    }

    private void ThrowIfOver(long expected)
    {
        if (expected != epoch)
        {
            throw new IOException("A write before this one failed; what this one was based on is lost.");
        }
    }

    private void Flush()
    {
        List<RegistryRecord> batch;
        long upTo;
        lock (gate)
        {
            (batch, pending) = (pending, []);
            upTo = appended;
        }

        try
        {
            var line = Line(batch);
            RandomAccess.Write(file, line, length);
            RandomAccess.FlushToDisk(file);
            length += line.Length;
            lock (gate)
            {
                durable = upTo;
            }
        }
        catch
        {
            // Nobody was told of this batch, nor of anything made since on top of it: all of it goes, here and in the
            // state, whose owner sees the new epoch and reads the file again.
            lock (gate)
            {
                pending = [];
                epoch++;
                durable = appended;
            }

            TryTruncate();
            throw;
        }
    }

    private void TryTruncate()
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (IOException)
        {
            // The next write begins at the same place, and a start cuts a torn line off.
        }
    }

    private static byte[] Line(List<RegistryRecord> records)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        buffer.Advance(9);
        using (var writer = new Utf8JsonWriter(buffer, RegistryJson.WriterOptions))
        {
            writer.WriteStartArray();
            foreach (var record in records)
            {
                record.Write(writer);
            }

            writer.WriteEndArray();
        }

        buffer.Write("\n"u8);
        var line = buffer.WrittenSpan.ToArray();
        var checksum = Crc(line.AsSpan(9, line.Length - 10));
        Encoding.ASCII.GetBytes(checksum.ToString("x8", CultureInfo.InvariantCulture), line);
        line[8] = (byte)' ';
        return line;
    }

    private static List<RegistryRecord> Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateArray().Select(RegistryRecord.Read).ToList();
    }

    private static bool IsWhole(ReadOnlySpan<byte> line) =>
        line.Length > 9
        && line[8] == ' '
        && uint.TryParse(line[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var checksum)
        && checksum == Crc(line[9..]);

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var b in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    private static FileStream TakeLock(string directory)
    {
        var path = Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new RegistryStorageException(
                $"The registry's folder {directory} is in use by another process.", e);
        }
    }

    private void Recover(string directory)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        ReadFully(bytes);
        if (bytes.Length < Header.Length && Header.AsSpan().StartsWith(bytes))
        {
            // A new file, or one whose creation a crash cut short.
            RandomAccess.Write(file, Header, 0);
            RandomAccess.FlushToDisk(file);
            DirectorySync.Flush(directory);
            length = Header.Length;
            return;
        }

        if (!bytes.AsSpan().StartsWith(Header))
        {
            throw new RegistryStorageException($"{path} is no registry's log, or of another version.");
        }

        length = Header.Length + WholeLength(bytes.AsSpan(Header.Length));
        CutOff = bytes.Length - length;
        if (CutOff > 0)
        {
            RandomAccess.SetLength(file, length);
            RandomAccess.FlushToDisk(file);
        }
    }

    private int WholeLength(ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        for (var start = 0; start < bytes.Length;)
        {
            var end = bytes[start..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            var isWhole = IsWhole(bytes.Slice(start, end));
            if (isWhole && whole < start)
            {
                throw new RegistryStorageException(
                    $"{path} is damaged at byte {Header.Length + whole}: a bad line stands before good ones.");
            }

            start += end + 1;
            whole = isWhole ? start : whole;
        }

        return whole;
    }

    private void ReadFully(Span<byte> bytes)
    {
        for (var offset = 0; offset < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[offset..], offset);
            offset += read > 0 ? read : throw new EndOfStreamException($"{path} became shorter while it was read.");
        }
    }
}
