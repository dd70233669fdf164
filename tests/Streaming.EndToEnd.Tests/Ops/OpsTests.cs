using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Streaming.EndToEnd.Tests.Harness;

namespace Streaming.EndToEnd.Tests.Ops;

public sealed partial class OpsTests
{
    [SkippableFact]
    public async Task The_alert_rules_pass_their_unit_tests()
    {
        Skip.IfNot(Tool.Exists("promtool"), "promtool (Debian package prometheus) is not installed");

        (await Tool.RunAsync("promtool", ["check", "rules", .. OpsFiles.Rules])).MustSucceed();
        (await Tool.RunAsync("promtool", ["check", "config", Path.Combine(OpsFiles.Folder, "prometheus", "prometheus.yml")])).MustSucceed();
        (await Tool.RunAsync("promtool", ["test", "rules", .. OpsFiles.RuleTests])).MustSucceed();
    }

    [SkippableFact]
    public async Task Every_panels_expression_is_valid()
    {
        Skip.IfNot(Tool.Exists("promtool"), "promtool (Debian package prometheus) is not installed");
        var expressions = OpsFiles.Dashboards.SelectMany(OpsFiles.PanelExpressions)
            .Where(expression => !expression.StartsWith("label_values", StringComparison.Ordinal))
            .Select(expression => expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal));
        var rules = new StringBuilder("groups: [{ name: panels, rules: [\n");
        foreach (var (expression, i) in expressions.Select((expression, i) => (expression, i)))
        {
            rules.Append(CultureInfo.InvariantCulture, $"{{ record: 'panel:{i}', expr: '{expression}' }},\n");
        }

        var folder = Repository.NewFolder("panels");
        var file = Path.Combine(folder, "rules.yml");
        await File.WriteAllTextAsync(file, rules.Append("] }]\n").ToString());

        (await Tool.RunAsync("promtool", ["check", "rules", file])).MustSucceed();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_rule_has_a_unit_test()
    {
        var tests = string.Concat(OpsFiles.RuleTests.Select(File.ReadAllText));
        var untested = OpsFiles.RuleExpressions().Select(rule => rule.Name)
            .Where(name => !Regex.IsMatch(tests, $@"(alertname|expr): {Regex.Escape(name)}\b"));

        Assert.Empty(untested);
    }

    [Fact]
    public void The_operations_page_says_what_to_do_about_every_alert()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var silent = OpsFiles.RuleExpressions().Select(rule => rule.Name).Where(name => char.IsUpper(name[0]))
            .Where(name => !Regex.IsMatch(page, $@"^\|.*\b{name}\b.*\|.*\|$", RegexOptions.Multiline));

        Assert.Empty(silent);
    }

    [SkippableFact]
    public async Task Docker_compose_accepts_the_file()
    {
        Skip.IfNot(Tool.Exists("docker-compose"), "docker-compose is not installed");

        var config = await Tool.RunAsync("docker-compose", ["-f", "docker-compose.kafka.yml", "config"], Repository.Root);

        config.MustSucceed();
        foreach (var service in (string[])["kafka", "registry", "pipeline", "prometheus", "grafana"])
        {
            Assert.Contains($"\n  {service}:\n", config.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Everything_that_the_compose_file_mounts_and_the_image_copies_exists()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.kafka.yml"));
        var image = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
        var paths = Mount().Matches(compose).Select(match => match.Groups[1].Value)
            .Concat(Copy().Matches(image).SelectMany(match => match.Groups[1].Value.Split(' ')))
            .ToList();

        Assert.True(paths.Count > 10, $"too few paths: {string.Join(' ', paths)}");
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{path} does not exist"));
    }

    [Fact]
    public void The_lag_dashboard_can_be_pointed_at_any_data_source_group_and_topic()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Assert.Single(OpsFiles.Dashboards)))!;
        var variables = dashboard["templating"]!["list"]!.Items().ToDictionary(
            variable => variable["name"]!.Text(), variable => variable["type"]!.Text());

        Assert.Equal("datasource", variables["datasource"]);
        Assert.Equal("query", variables["consumergroup"]);
        Assert.Equal("query", variables["topic"]);
        Assert.All(dashboard["panels"]!.Items(), panel =>
            Assert.All(panel["targets"]!.Items(), target => Assert.Equal("${datasource}", target["datasource"]!["uid"]!.Text())));
        Assert.Equal(dashboard["panels"]!.Items().Count(), dashboard["panels"]!.Items().Select(panel => panel["id"]!.Long()).Distinct().Count());
    }

    [GeneratedRegex(@"- \./(\S+?):")]
    private static partial Regex Mount();

    [GeneratedRegex(@"^COPY (?!--from)(.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();
}
