using System.Globalization;

namespace Streaming.Broker.Bench;

/// <summary>The command line's options: <c>--name value</c>, or <c>--name</c> alone for a switch.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    public Arguments(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var hasValue = i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[arguments[i]] = hasValue ? arguments[++i] : "true";
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string Text(string name, string fallback) => _values.GetValueOrDefault(name, fallback);

    public int Number(string name, int fallback) =>
        _values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public static int Usage()
    {
        Console.Error.WriteLine("""
            serve --data DIR [--port N] [--fsync always|interval|os] [--default-partitions N] [--verbose|--quiet] [--statistics-ms N]
                runs a broker until it is told to stop
            compare --kafka DIR [--rounds N] [--seconds N] [--reads N] [--sizes 100,1024,10240] [--partitions 1,6] [--port N]
                throughput of Kafka's own perf tools on Apache Kafka (DIR holds its `kafka` script) and on this broker:
                in each round every broker's producer has a turn of so many seconds; then so many runs read 1.5 GiB from each
            soak [--seconds N] [--port N] [--seed N]
                a broker under everything that comes and goes; fails if its memory, its open files or its disk grow
            latency --port N [--rounds N]
                round trips of small requests and of transactions over ten partitions, against a running broker
            """);
        return 2;
    }
}
