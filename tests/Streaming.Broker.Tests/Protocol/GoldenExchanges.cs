using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>A request as it was sent and the response that it must get; a null byte differs from run to run.</summary>
internal sealed record GoldenExchange(ApiKey Api, int Version, byte[] Request, byte?[] Response)
{
    public bool Matches(byte[] response) =>
        response.Length == Response.Length && Response.Zip(response).All(pair => pair.First is null || pair.First == pair.Second);
}

/// <summary>
/// The files of golden/: an API's exchanges, a version a line, "v1 REQUEST => RESPONSE" in hex with ".." for what differs
/// from run to run (ids, the port). They are sent in order to a broker on which the requests of preparation.txt were made.
/// </summary>
internal static partial class GoldenExchanges
{
    private const string Preparation = "preparation.txt";

    public static string Folder { get; } = SourceFolder.Find("tests", "Streaming.Broker.Tests", "Protocol", "golden");

    public static List<GoldenExchange> Of(ApiKey api) => Lines($"{api}.txt")
        .Select(line => LinePattern().Match(line))
        .Select(m => new GoldenExchange(api, int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture), Convert.FromHexString(m.Groups[2].ValueSpan), Pattern(m.Groups[3].Value)))
        .ToList();

    public static IEnumerable<byte[]> Preparations() => Lines(Preparation).Select(Convert.FromHexString);

    public static void WritePreparations(IEnumerable<byte[]> requests) =>
        File.WriteAllLines(Path.Combine(Folder, Preparation), requests.Select(Convert.ToHexStringLower));

    public static void Write(ApiKey api, IEnumerable<GoldenExchange> exchanges) => File.WriteAllLines(
        Path.Combine(Folder, $"{api}.txt"),
        exchanges.Select(e => $"v{e.Version} {Convert.ToHexStringLower(e.Request)} => {Show(e.Response)}"));

    public static string Show(IEnumerable<byte?> bytes) => string.Concat(bytes.Select(b => b is { } known ? known.ToString("x2", CultureInfo.InvariantCulture) : ".."));

    private static IEnumerable<string> Lines(string file)
    {
        var path = Path.Combine(Folder, file);
        return File.Exists(path) ? File.ReadAllLines(path).Where(l => l.Length > 0 && l[0] != '#') : [];
    }

    private static byte?[] Pattern(string text) =>
        text.Chunk(2).Select(pair => pair[0] == '.' ? (byte?)null : byte.Parse(pair, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();

    [GeneratedRegex("^v([0-9]+) ([0-9a-f]+) => ([0-9a-f.]+)$")]
    private static partial Regex LinePattern();
}
