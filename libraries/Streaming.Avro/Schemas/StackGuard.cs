using System.Runtime.CompilerServices;
using Avro;

namespace Streaming.Avro;

/// <summary>
/// A schema or a JSON value may be built to nest without end (through references between files, for one); a stack
/// overflow can't be caught in .NET, so every recursion over them asks here first.
/// </summary>
internal static class StackGuard
{
    public static void Check()
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new AvroException("Nested too deeply", e);
        }
    }
}
