using System.Globalization;
using System.Text;

namespace Streaming.Schemas.Tests;

public sealed class TopicsTests
{
    [Fact]
    public void The_catalogue_is_as_agreed()
    {
        var text = new StringBuilder();
        foreach (var topic in Topics.All.Append(Topics.DeadLetters("sales")))
        {
            text.Append(CultureInfo.InvariantCulture, $"{topic.Name}  key {topic.Key}, written by {topic.Writer}, {topic.Level}\n");
            foreach (var (name, value) in topic.Configs.OrderBy(config => config.Key, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"  {name}={value}\n");
            foreach (var contract in topic.Contracts)
                text.Append(CultureInfo.InvariantCulture, $"  {topic.Subject(contract)}\n");
        }
        Folder.Compare("topics.txt", text.ToString());
    }

    [Fact]
    public void Names_are_dotted_lowercase_and_unique()
    {
        Assert.All(Topics.All, topic => Assert.Matches("^[a-z]+(\\.[a-z]+)+$", topic.Name));
        Assert.Equal(Topics.All.Count, Topics.All.Select(topic => topic.Name).Distinct().Count());
    }

    [Fact]
    public void Facts_are_never_compacted_and_kept_for_ever() => Assert.All(
        Topics.All.Where(topic => topic.Name.EndsWith(".events", StringComparison.Ordinal)),
        topic => Assert.Equal(("delete", "-1"), (topic.Configs["cleanup.policy"], topic.Configs["retention.ms"])));
}
