using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Log;

namespace Streaming.Broker.Network;

/// <summary>Linux's epoll(7). A descriptor is reported once after each <see cref="Arm"/>, by the id that was given with it.</summary>
internal sealed partial class Epoll : IDisposable
{
    /// <summary>The most that one <see cref="Wait(Span{ulong})"/> tells.</summary>
    public const int MaxEvents = 64;

    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC
    private const int Add = 1; // EPOLL_CTL_ADD
    private const int Modify = 3; // EPOLL_CTL_MOD
    private const uint ReadableOnce = 0x1 | (1u << 30); // EPOLLIN | EPOLLONESHOT; errors and hang-ups are always reported

    // struct epoll_event { uint32_t events; epoll_data_t data; } is packed on x86-64 only.
    private static readonly int IdOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = IdOffset + sizeof(ulong);

    private readonly SafeFileHandle _epoll = Create(CloseOnExec);
    private readonly byte[] _events = new byte[MaxEvents * EventSize];

    public Epoll()
    {
        if (_epoll.IsInvalid)
        {
            throw new IOException("epoll_create1 failed", new Win32Exception());
        }
    }

    /// <param name="again">Whether this descriptor was armed before.</param>
    /// <exception cref="ObjectDisposedException">The descriptor is closed.</exception>
    public void Arm(SafeHandle descriptor, ulong id, bool again)
    {
        Span<byte> entry = stackalloc byte[EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, ReadableOnce);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[IdOffset..], id);
        if (Control(_epoll, again ? Modify : Add, descriptor, ref entry[0]) < 0)
        {
            throw new IOException("epoll_ctl failed", new Win32Exception());
        }
    }

    /// <summary>Waits for at least one armed descriptor with something to read, an error or a closed peer. By one thread.</summary>
    public int Wait(Span<ulong> ids)
    {
        int count;
        while ((count = Wait(_epoll, ref _events[0], Math.Min(ids.Length, MaxEvents), timeout: -1)) < 0)
        {
            if (Marshal.GetLastPInvokeError() != NativeMethods.Interrupted)
            {
                throw new IOException("epoll_wait failed", new Win32Exception());
            }
        }

        for (var i = 0; i < count; i++)
        {
            ids[i] = BinaryPrimitives.ReadUInt64LittleEndian(_events.AsSpan((i * EventSize) + IdOffset));
        }

        return count;
    }

    public void Dispose() => _epoll.Dispose();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle epoll, int operation, SafeHandle descriptor, ref byte entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(SafeFileHandle epoll, ref byte events, int count, int timeout);
}
