namespace Streaming.Host.Generate;

/// <summary>
/// SplitMix64: the same numbers for a seed on every platform and framework version, which <see cref="Random"/> does not
/// promise. Good enough for made-up shoppers.
/// </summary>
internal sealed class SeededRandom(long seed)
{
    private ulong _state = (ulong)seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [min, max].</summary>
    public int Between(int min, int max) => min + (int)(Next() % (ulong)(max - min + 1));

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> values) => values[Between(0, values.Count - 1)];

    /// <summary>Exponentially distributed: the gaps between independent arrivals.</summary>
    public TimeSpan Gap(TimeSpan mean) => mean * -Math.Log(1 - NextDouble());
}
