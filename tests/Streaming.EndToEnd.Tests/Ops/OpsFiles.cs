using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Harness;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Streaming.EndToEnd.Tests.Ops;

/// <summary>What lies in ops/.</summary>
internal static class OpsFiles
{
    private static readonly IDeserializer _yaml = new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .IgnoreUnmatchedProperties()
        .Build();

    public static string Folder => Path.Combine(Repository.Root, "ops");

    public static string[] Rules => Directory.GetFiles(Path.Combine(Folder, "prometheus", "rules"), "*.yml");

    public static string[] RuleTests => Directory.GetFiles(Path.Combine(Folder, "prometheus", "tests"), "*.yml");

    public static string[] Dashboards => Directory.GetFiles(Path.Combine(Folder, "grafana", "dashboards"), "*.json");

    public static IEnumerable<(string Name, string Expression)> RuleExpressions()
    {
        foreach (var file in Rules)
        {
            var rules = _yaml.Deserialize<RuleFile>(File.ReadAllText(file));
            foreach (var rule in rules.Groups.SelectMany(group => group.Rules))
            {
                yield return (rule.Alert ?? rule.Record!, rule.Expr);
            }
        }
    }

    public static IEnumerable<string> PanelExpressions(string dashboard)
    {
        var json = JsonNode.Parse(File.ReadAllText(dashboard))!;
        foreach (var target in json["panels"]!.Items().SelectMany(panel => panel["targets"]!.Items()))
        {
            yield return target["expr"]!.Text();
        }

        foreach (var variable in json["templating"]!["list"]!.Items().Where(variable => variable["type"]!.Text() == "query"))
        {
            yield return variable["definition"]!.Text();
        }
    }

    // Named as in Prometheus' rule files.
    private sealed class RuleFile
    {
        public List<RuleGroup> Groups { get; set; } = [];
    }

    private sealed class RuleGroup
    {
        public List<Rule> Rules { get; set; } = [];
    }

    private sealed class Rule
    {
        public string? Alert { get; set; }

        public string? Record { get; set; }

        public string Expr { get; set; } = "";
    }
}
