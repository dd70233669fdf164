using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streaming.Broker.Log;

/// <summary>The few calls that .NET has no method for.</summary>
internal static partial class NativeMethods
{
    public const int Interrupted = 4;
    public const uint StartWriting = 2; // SYNC_FILE_RANGE_WRITE
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const ulong ShortestSlice = 100_000; // nanoseconds
    private const int OpenForThisProcess = 0x80000; // O_CLOEXEC

    /// <summary>O_DIRECTORY and O_DIRECT: each architecture numbers them itself.</summary>
    private static readonly (int Directory, int Direct) s_openFlags =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (0x4000, 0x10000) : (0x10000, 0x4000);

    [ThreadStatic]
    private static bool t_prefersShortSlices;

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int FlushData(SafeFileHandle file);

    /// <summary>Linux only.</summary>
    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int BeginWriteback(SafeFileHandle file, long offset, long length, uint flags);

    /// <summary>Sends from the page cache. Linux only, as to the order of the parameters.</summary>
    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(SafeHandle socket, SafeFileHandle file, ref long position, nint count);

    /// <summary>Sets O_DIRECT, if the file system can do that. Linux only.</summary>
    public static void SetDirect(SafeFileHandle file)
    {
        if (Control(file, GetFlags, 0) is >= 0 and var flags)
        {
            _ = Control(file, SetFlags, flags | s_openFlags.Direct);
        }
    }

    /// <summary>Makes created, renamed and deleted names of a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(path, s_openFlags.Directory | OpenForThisProcess);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open directory {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"fsync of directory {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// Asks the scheduler, once a thread, to run this one soon rather than for long: on a busy machine a thread that mostly
    /// waits would else have to let others end their slices each time it wakes. Without effect before Linux 6.12.
    /// </summary>
    public static void PreferShortSlices()
    {
        if (t_prefersShortSlices)
        {
            return;
        }

        t_prefersShortSlices = true;
        var (set, get) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (314, 315),
            Architecture.Arm64 => (274, 275),
            _ => (0, 0),
        };
        if (OperatingSystem.IsLinux() && set > 0 && GetSchedulingAttributes(get, 0, out var attributes, Marshal.SizeOf<SchedulingAttributes>(), 0) == 0)
        {
            _ = SetSchedulingAttributes(set, 0, attributes with { Runtime = ShortestSlice }, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long GetSchedulingAttributes(long number, int thread, out SchedulingAttributes attributes, int size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SetSchedulingAttributes(long number, int thread, in SchedulingAttributes attributes, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeFileHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    /// <summary>The first version of struct sched_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulingAttributes
    {
        public int Size;
        public int Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
