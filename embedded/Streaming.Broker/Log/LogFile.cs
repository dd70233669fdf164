using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streaming.Broker.Log;

/// <summary>
/// A file that is read and written at positions. It stays open until its owner and every reader that holds a
/// reference have let go, so that a segment may be deleted while a response is still being sent from it.
/// </summary>
internal class LogFile(SafeFileHandle handle, string path)
{
    private int _references = 1;

    public string Path { get; } = path;

    public virtual long Length => RandomAccess.GetLength(handle);

    public virtual int Read(Span<byte> buffer, long position) => RandomAccess.Read(handle, buffer, position);

    /// <summary>
    /// Has the system send a part of the file, without a copy in this process, and tells how much a socket that does not
    /// block has taken. Where that is nothing, whatever the reason, reading and sending as ever will show what to wait for
    /// or what is wrong.
    /// </summary>
    public int SendTo(SafeSocketHandle socket, long position, int count) =>
        OperatingSystem.IsLinux() ? (int)Math.Max(0, NativeMethods.SendFile(socket, handle, ref position, count)) : 0;

    public virtual void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

    /// <summary>
    /// From now on writes go around the page cache, where the file system can do that: for a file that is forced with every
    /// write, a copy less, and no search for what to write. Position, length and address of all of them have to be multiples
    /// of a <see cref="DirectMemory.Block"/> (open(2), O_DIRECT).
    /// </summary>
    public void WriteDirectly()
    {
        if (OperatingSystem.IsLinux())
        {
            NativeMethods.SetDirect(handle);
        }
    }

    public virtual void SetLength(long length) => RandomAccess.SetLength(handle, length);

    /// <summary>
    /// Has the system begin to write, for a <see cref="Flush"/> that follows: of several files whose blocks are allocated
    /// by then, the first flush commits the file system's journal for all. It promises nothing, and so cannot fail.
    /// </summary>
    public virtual void BeginFlush()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = NativeMethods.BeginWriteback(handle, 0, 0, NativeMethods.StartWriting);
        }
    }

    /// <summary>Forces what was written to the disk.</summary>
    public virtual void Flush()
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        // fdatasync leaves out what a log does not need (times), but brings a grown length along.
        while (NativeMethods.FlushData(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != NativeMethods.Interrupted)
            {
                throw new IOException($"fdatasync of {Path} failed: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    /// <summary>Reads exactly the buffer's length, or says how much the file had.</summary>
    public int ReadFully(Span<byte> buffer, long position)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = Read(buffer[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <summary>Takes a reference; false when the file was closed already.</summary>
    public bool TryAddReference()
    {
        var current = Volatile.Read(ref _references);
        while (current > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, current + 1, current);
            if (seen == current)
            {
                return true;
            }

            current = seen;
        }

        return false;
    }

    public void ReleaseReference()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            handle.Dispose();
        }
    }
}
