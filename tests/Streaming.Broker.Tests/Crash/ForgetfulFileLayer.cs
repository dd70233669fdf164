using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Log;

namespace Streaming.Broker.Tests.Crash;

/// <summary>
/// A disk that loses power: after <see cref="Crash"/> every file has what was flushed and a random part of what was
/// not, of what was overwritten any of its sectors the old or the new, and creations, renames and deletions whose directory
/// was not synced may not have happened.
/// </summary>
internal sealed class ForgetfulFileLayer(int seed) : FileLayer
{
    private const int Sector = 512;

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, ForgetfulFile> _files = [];
    private readonly List<Action> _undo = [];
    private readonly List<string> _undoDirectory = [];
    private bool _crashed;

    public override LogFile Open(string path)
    {
        lock (_lock)
        {
            Check();
            var created = !File.Exists(path);
            var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var known = _files.GetValueOrDefault(path);
            var file = new ForgetfulFile(this, handle, path) { Durable = known?.Durable ?? (created ? 0 : RandomAccess.GetLength(handle)) };
            if (known is not null)
            {
                file.Share(known);
            }

            _files[path] = file;
            if (created)
            {
                Remember(path, () => File.Delete(file.State.Path));
            }

            return file;
        }
    }

    public override void Rename(string from, string to)
    {
        lock (_lock)
        {
            Check();
            var replaced = File.Exists(to) ? File.ReadAllBytes(to) : null;
            base.Rename(from, to);
            Moved(from, to);
            Remember(to, () =>
            {
                File.Move(to, from, overwrite: true);
                if (replaced is not null)
                {
                    File.WriteAllBytes(to, replaced);
                }
            });
        }
    }

    public override void RenameDirectory(string from, string to)
    {
        lock (_lock)
        {
            Check();
            base.RenameDirectory(from, to);
            foreach (var path in _files.Keys.Where(p => p.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
            {
                Moved(path, to + path[from.Length..]);
            }
        }
    }

    public override void Delete(string path)
    {
        lock (_lock)
        {
            Check();
            var content = File.ReadAllBytes(path);
            base.Delete(path);
            _files.Remove(path);
            Remember(path, () => File.WriteAllBytes(path, content));
        }
    }

    public override void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            Check();
            base.DeleteDirectory(path);
            foreach (var gone in _files.Keys.Where(p => p.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
            {
                _files.Remove(gone);
            }
        }
    }

    public override void CreateDirectory(string path)
    {
        lock (_lock)
        {
            Check();
            base.CreateDirectory(path);
        }
    }

    public override void SyncDirectory(string path)
    {
        lock (_lock)
        {
            Check();
            for (var i = _undo.Count - 1; i >= 0; i--)
            {
                if (_undoDirectory[i] == path)
                {
                    _undo.RemoveAt(i);
                    _undoDirectory.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>The power fails: from now on every call fails, and the files are as a disk would have them.</summary>
    public void Crash()
    {
        lock (_lock)
        {
            _crashed = true;
            foreach (var file in _files.Values.Where(f => File.Exists(f.State.Path)))
            {
                using var handle = File.OpenHandle(file.State.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                RestoreSectors(handle, file.State);
                var length = RandomAccess.GetLength(handle);
                if (length > file.State.Durable)
                {
                    RandomAccess.SetLength(handle, _random.NextInt64(file.State.Durable, length + 1));
                }
            }

            // What a directory forgets it forgets from the end on.
            for (var i = _undo.Count - 1; i >= 0 && _random.Next(2) == 0; i--)
            {
                try
                {
                    _undo[i]();
                }
                catch (IOException)
                {
                    // its directory is gone
                }
            }
        }
    }

    private void RestoreSectors(SafeFileHandle handle, FileState state)
    {
        for (var i = state.Overwritten.Count - 1; i >= 0; i--)
        {
            var (start, old) = state.Overwritten[i];
            for (var at = 0; at < old.Length;)
            {
                var sector = Math.Min(Sector - (int)((start + at) % Sector), old.Length - at);
                if (start + at + sector <= state.Durable && _random.Next(2) == 0)
                {
                    RandomAccess.Write(handle, old.AsSpan(at, sector), start + at);
                }

                at += sector;
            }
        }
    }

    private void Remember(string path, Action undo)
    {
        _undo.Add(undo);
        _undoDirectory.Add(Path.GetDirectoryName(path)!);
    }

    private void Moved(string from, string to)
    {
        if (_files.Remove(from, out var file))
        {
            file.State.Path = to;
            _files[to] = file;
        }
    }

    private void Check()
    {
        if (_crashed)
        {
            throw new IOException("the power is off");
        }
    }

    private sealed class FileState
    {
        public required string Path { get; set; }

        public long Durable { get; set; }

        /// <summary>What stood below the durable length before it was written over, since the last flush.</summary>
        public List<(long Position, byte[] Old)> Overwritten { get; } = [];
    }

    private sealed class ForgetfulFile(ForgetfulFileLayer layer, SafeFileHandle handle, string path) : LogFile(handle, path)
    {
        public FileState State { get; private set; } = new() { Path = path };

        public long Durable
        {
            get => State.Durable;
            init => State.Durable = value;
        }

        public void Share(ForgetfulFile other) => State = other.State;

        public override void Write(ReadOnlySpan<byte> bytes, long position)
        {
            lock (layer._lock)
            {
                layer.Check();
                if (Math.Min(State.Durable - position, bytes.Length) is > 0 and var overlap)
                {
                    var old = new byte[overlap];
                    ReadFully(old, position);
                    State.Overwritten.Add((position, old));
                }

                base.Write(bytes, position);
            }
        }

        public override void SetLength(long length)
        {
            lock (layer._lock)
            {
                layer.Check();
                base.SetLength(length);
                State.Durable = Math.Min(State.Durable, length);
            }
        }

        public override void Flush()
        {
            long length;
            int overwritten;
            lock (layer._lock)
            {
                layer.Check();
                length = base.Length;
                overwritten = State.Overwritten.Count;
            }

            lock (layer._lock)
            {
                layer.Check();
                State.Durable = Math.Max(State.Durable, length);
                State.Overwritten.RemoveRange(0, overwritten);
            }
        }
    }
}
