using FsCheck;
using FsCheck.Fluent;

namespace Streaming.Schemas.Tests;

public sealed class DeterministicIdTests
{
    private static readonly Guid Dns = new("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    [Theory]
    [InlineData("www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2")]
    [InlineData("python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d")]
    public void Equals_what_other_implementations_make(string name, string id) =>
        Assert.Equal(new Guid(id), DeterministicId.Create(Dns, name));

    [Fact]
    public void A_long_name_has_an_id_too() => Assert.Equal(
        DeterministicId.Create(Dns, new string('x', 5000)), DeterministicId.Create(Dns, new string('x', 5000)));

    [Fact]
    public void Has_version_5_and_the_variant_of_the_RFC() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), ordinal =>
        {
            var text = DeterministicId.From(Dns, ordinal).ToString();
            Assert.Equal('5', text[14]);
            Assert.Contains(text[19], "89ab");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_are_told_apart_however_they_are_cut() =>
        Assert.NotEqual(DeterministicId.From("a/b", "c"), DeterministicId.From("a", "b/c"));
}
