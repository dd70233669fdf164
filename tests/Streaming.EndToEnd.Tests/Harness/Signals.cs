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

    public static void Freeze(int processId) => Send(processId, Stop);

    public static void Thaw(int processId) => Send(processId, Continue);

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
