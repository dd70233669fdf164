using Avro;

namespace Streaming.Avro;

/// <summary>
/// How much work a small schema may cause: defaults inside defaults can multiply without a byte of text to show for it.
/// </summary>
internal sealed class Budget
{
    private const int MaxSteps = 1 << 16;
    private int _steps;

    public void Spend()
    {
        StackGuard.Check();
        if (++_steps > MaxSteps)
        {
            throw new AvroException("A default value is too large");
        }
    }
}
