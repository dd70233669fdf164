using FsCheck;
using FsCheck.Fluent;

namespace Streaming.Schemas.Tests;

public sealed class CompositeKeyTests
{
    private static readonly Arbitrary<string[]> Parts = Gen.Elements('a', 'b', '/', '%', '2', 'F', '5', '0', 'é')
        .ListOf().Select(chars => string.Concat(chars)).NonEmptyListOf().Select(parts => parts.ToArray()).ToArbitrary();

    [Theory]
    [InlineData("o1/7", "o1", "7")]
    [InlineData("a%2Fb/c", "a/b", "c")]
    [InlineData("50%25/c", "50%", "c")]
    [InlineData("a", "a")]
    public void Joins_parts_by_a_slash(string key, params string[] parts)
    {
        Assert.Equal(key, CompositeKey.Join(parts));
        Assert.Equal(parts, CompositeKey.Split(key));
        Assert.Equal(parts[0], CompositeKey.First(key));
    }

    [Fact]
    public void Every_list_of_parts_comes_back() => Prop.ForAll(Parts, parts =>
    {
        Assert.Equal(parts, CompositeKey.Split(CompositeKey.Join(parts)));
        Assert.Equal(parts[0], CompositeKey.First(CompositeKey.Join(parts)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_range_under_some_parts_holds_the_keys_that_begin_with_them_and_no_others() =>
        Prop.ForAll(Parts, Parts, (prefix, other) =>
        {
            var (from, to) = CompositeKey.Under(prefix);
            bool Inside(string[] parts) => string.CompareOrdinal(CompositeKey.Join(parts), from) >= 0
                && string.CompareOrdinal(CompositeKey.Join(parts), to) <= 0;

            Assert.True(Inside([.. prefix, .. other]));
            if (other.Length > prefix.Length)
                Assert.Equal(other.AsSpan(0, prefix.Length).SequenceEqual(prefix), Inside(other));
        }).QuickCheckThrowOnFailure();
}
