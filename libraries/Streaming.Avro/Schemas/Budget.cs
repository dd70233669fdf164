using Avro;

namespace Streaming.Avro;

/// <summary>
/// How much work the defaults of a schema may cause: those inside others can multiply without a byte of text for it.
/// </summary>
internal sealed class Budget
{
    private const int MaxSteps = 1 << 20;
    private int _steps;

    public void Spend()
    {
        StackGuard.Check();
        if (++_steps > MaxSteps)
        {
            throw new AvroException("The defaults are too large");
        }
    }
}
