using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Streaming.Host.DeadLetters;
using Streaming.Topology;

namespace Streaming.Host.Cli;

/// <summary><c>streaming dead-letters</c>: what an application set aside, and the ways out.</summary>
internal static class DeadLettersCommand
{
    private const string Columns = "partition\toffset\tstate\ttopic\tfrom-partition\tfrom-offset\tkey\tattempts\tfirst-failure\tlast-failure\texception\tmessage";

    public static Command Create()
    {
        return new Command("dead-letters", "Shows, redrives or skips the records that an application could not process")
        {
            List(), Redrive(), Skip(),
        };
    }

    private static Command List()
    {
        var options = new SelectionOptions();
        var command = new Command("list", "Lists the outstanding dead letters, a line each, columns separated by tabs");
        options.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() =>
        {
            using var log = options.Open(result, out _, out _);
            var letters = options.Read(result).Of(log.Outstanding(cancellation));
            Console.WriteLine(Columns);
            foreach (var letter in letters)
            {
                Console.WriteLine(Line(letter));
            }

            return 0;
        }, cancellation));
        return command;
    }

    private static Command Redrive()
    {
        var options = new SelectionOptions();
        var outOfTurn = new Option<bool>("--out-of-turn")
        {
            Description = "Process them even if earlier dead letters of their key are not settled",
        };
        var (earlierLost, dryRun) = (EarlierLost(), DryRun());
        var command = new Command("redrive", "Sends dead letters back to where they came from, for their application alone")
        {
            outOfTurn, earlierLost, dryRun,
        };
        options.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(
            () => Settle(
                options, result, new Verdict(OutOfTurn: result.GetValue(outOfTurn), EarlierLost: result.GetValue(earlierLost)),
                result.GetValue(dryRun), cancellation),
            cancellation));
        return command;
    }

    private static Command Skip()
    {
        var options = new SelectionOptions();
        var all = new Option<bool>("--all") { Description = "Skip every outstanding dead letter" };
        var (earlierLost, dryRun) = (EarlierLost(), DryRun());
        var command = new Command("skip", "Gives dead letters up; the later records of their keys are no longer held up by them")
        {
            all, earlierLost, dryRun,
        };
        options.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() =>
        {
            if (options.Read(result) is { Key: null, Partition: null } && !result.GetValue(all))
            {
                throw new UsageException("skip: say which by --key or --partition, or --all");
            }

            var verdict = new Verdict(Skip: true, EarlierLost: result.GetValue(earlierLost));
            return Settle(options, result, verdict, result.GetValue(dryRun), cancellation);
        }, cancellation));
        return command;
    }

    private static int Settle(SelectionOptions options, ParseResult result, Verdict verdict, bool dryRun, CancellationToken cancellation)
    {
        using var log = options.Open(result, out var connection, out var application);
        using var redriver = dryRun ? null : new Redriver(connection, application, log);
        var outstanding = log.Outstanding(cancellation);
        var chosen = options.Read(result).Of(outstanding);
        if (redriver is null)
        {
            Console.WriteLine(Columns);
            foreach (var letter in chosen)
            {
                Console.WriteLine(Line(letter));
            }
        }
        else if (chosen.Count > 0)
        {
            redriver.Run(outstanding, chosen, verdict, cancellation);
        }

        var done = (verdict.Skip, dryRun) switch
        {
            (true, true) => "would be skipped",
            (true, false) => "skipped",
            (false, true) => "would be sent back",
            (false, false) => "sent back",
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{chosen.Count} of {outstanding.Count} dead letters {done}"));
        return 0;
    }

    private static Option<bool> EarlierLost() => new("--earlier-lost")
    {
        Description = "The earlier dead letters of their keys have expired: they count as skipped",
    };

    private static Option<bool> DryRun() => new("--dry-run") { Description = "Only list what would be done" };

    private static string Line(DeadLetter letter) => string.Join('\t', new object?[]
    {
        letter.Partition, letter.Offset, letter.IsParked ? "parked" : "failed", letter.SourceTopic, letter.SourcePartition,
        letter.SourceOffset, letter.Key, letter.Attempts, Time(letter.FirstFailure), Time(letter.LastFailure), letter.Exception,
        letter.Message?.ReplaceLineEndings(" ").Replace('\t', ' '),
    }.Select(field => Convert.ToString(field, CultureInfo.InvariantCulture)));

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The options that all three verbs share.</summary>
    private sealed class SelectionOptions
    {
        private readonly ConnectionOptions _connection = new();
        private readonly Option<string> _application = new("--application") { Description = "Whose dead letters", Required = true };
        private readonly Option<string?> _key = new("--key") { Description = "Only those of this key, as list shows it" };
        private readonly Option<int?> _partition = new("--partition") { Description = "Only those in this partition of the dead letters" };
        private readonly Option<long?> _fromOffset = new("--from-offset") { Description = "Only those from this offset on; with --partition" };
        private readonly Option<int?> _limit = new("--limit") { Description = "At most so many" };

        public SelectionOptions()
        {
            _application.Validators.Add(r =>
            {
                if (r.Tokens is [var token, ..] && Applications.Find(token.Value) is null)
                {
                    r.AddError($"--application: unknown {token.Value}; there are {string.Join(", ", Applications.All.Select(a => a.Id))}");
                }
            });
            NotNegative(_partition);
            NotNegative(_fromOffset);
            _limit.Validators.Add(r =>
            {
                if (r.GetValueOrDefault<int?>() is <= 0)
                {
                    r.AddError("--limit must be greater than 0");
                }
            });
        }

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { _application, _key, _partition, _fromOffset, _limit })
            {
                command.Options.Add(option);
            }

            command.Validators.Add(r =>
            {
                if (r.GetResult(_fromOffset) is not null && r.GetResult(_partition) is null)
                {
                    r.AddError("--from-offset needs --partition");
                }
            });
            _connection.AddTo(command);
        }

        public Selection Read(ParseResult result) => new(
            result.GetValue(_key), result.GetValue(_partition), result.GetValue(_fromOffset), result.GetValue(_limit));

        public DeadLetterLog Open(ParseResult result, out Connection connection, out ApplicationDefinition application)
        {
            connection = _connection.Read(result);
            application = Applications.Find(result.GetValue(_application)!)!;
            return new DeadLetterLog(connection, application);
        }

        private static void NotNegative<T>(Option<T> option) => option.Validators.Add(r =>
        {
            if (Convert.ToInt64(r.GetValueOrDefault<T>() ?? (object)0L, CultureInfo.InvariantCulture) < 0)
            {
                r.AddError($"{option.Name} must not be negative");
            }
        });
    }
}
