using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Streaming.EndToEnd.Tests.Harness;

internal static class Signals
{
    private const int Interrupt = 2, Terminate = 15, Continue = 18, Stop = 19;

    // A shell without job control starts background commands with SIGINT ignored, and children inherit that.
    private static readonly bool _interruptIsIgnored = File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status")
        .Where(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
        .Any(line => (ulong.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0);

    /// <summary>What Ctrl-C sends.</summary>
    public static void SendInterrupt(this Process process) => Send(process.Id, _interruptIsIgnored ? Terminate : Interrupt);

    /// <summary>
    /// Returns when the process stands still: kill(2) only asks for it, and until the one thread that gets the signal has
    /// a processor to take it on, all others go on.
    /// </summary>
    public static void Freeze(int processId)
    {
        Send(processId, Stop);
        var threads = $"/proc/{processId}/task";
        if (Directory.Exists(threads) && !SpinWait.SpinUntil(() => Directory.GetDirectories(threads).All(IsStopped), Eventually.Bound))
        {
            throw new TimeoutException($"process {processId} does not stop");
        }
    }

    public static void Thaw(int processId) => Send(processId, Continue);

    // proc(5): the state follows the name, which is in parentheses and may hold any.
    private static bool IsStopped(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1].StartsWith('T');
        }
        catch (IOException)
        {
            return true; // it has ended
        }
    }

    private static void Send(int processId, int signal)
    {
        if (NativeKill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"cannot signal process {processId}");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int processId, int signal);
}
