using System.CommandLine;
using System.Net;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry;
using Streaming.SchemaRegistry.Tooling;

namespace Streaming.Host.Cli;

/// <summary>
/// <c>streaming schemas</c>: the contracts against their history and against a registry, in the words of Confluent's Maven
/// plugin. Every verb lists all that is wrong and exits with 1 then.
/// </summary>
internal static class SchemasCommand
{
    public static Command Create() => new("schemas", "Checks, registers and shows contracts")
    {
        Validate(),
        TestLocalCompatibility(),
        TestCompatibility(),
        Register(),
        Download(),
        SetCompatibility(),
        List(),
        Show(),
        Diff(),
        EvolutionDemo.Create(),
    };

    private static Command Validate()
    {
        var contracts = new ContractsOption();
        var command = new Command("validate", "Whether every contract can be read, and its history with it") { contracts };
        command.SetAction(result => Report(contracts.Read(result).Faults.Select(f => f.ToString()), "contracts are valid"));
        return command;
    }

    private static Command TestLocalCompatibility()
    {
        var contracts = new ContractsOption();
        var strict = new Option<bool>("--strict") { Description = "Refuse changes of logical types too (a decimal's scale, millis to micros)" };
        var command = new Command("test-local-compatibility", "Every contract against its history at its subject's level; needs no registry") { contracts, strict };
        command.SetAction(result =>
        {
            var folder = contracts.Read(result);
            var failures = LocalCompatibility.Check(folder.Contracts, ContractSubjects.LevelOf, result.GetValue(strict));
            return Report(
                folder.Faults.Select(f => f.ToString()).Concat(failures.Select(f => f.ToString())),
                $"{folder.Contracts.Count} contracts fit their history");
        });
        return command;
    }

    private static Command TestCompatibility()
    {
        var contracts = new ContractsOption();
        var command = new Command("test-compatibility", "Every contract against the registry's versions of its subjects") { contracts };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            var verdicts = await new RegistryTool(registry).TestCompatibilityAsync(ContractSubjects.Of(contracts.Valid(result)), cancellation).ConfigureAwait(false);
            return Report(
                verdicts.Where(v => v.Value is not { IsCompatible: true })
                    .Select(v => $"{v.Subject}: {v.Error ?? string.Join("\n  ", v.Value!.Messages)}"),
                $"{verdicts.Count} subjects are compatible");
        });
        return command;
    }

    private static Command Register()
    {
        var contracts = new ContractsOption();
        var command = new Command("register", "Registers every contract's versions under its subjects, at their levels") { contracts };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            var tool = new RegistryTool(registry);
            var folder = contracts.Valid(result);
            var levels = await tool.SetCompatibilityAsync(ContractSubjects.Levels(folder), cancellation).ConfigureAwait(false);
            var schemas = await tool.RegisterAsync(ContractSubjects.History(folder), cancellation: cancellation).ConfigureAwait(false);
            return Report(
                levels.Where(r => !r.Succeeded).Select(r => $"{r.Subject}: {r.Error}")
                    .Concat(schemas.Where(r => !r.Succeeded).Select(r => $"{r.Subject}: {r.Error}")),
                $"{schemas.Count} schemas are registered under {levels.Count} subjects");
        });
        return command;
    }

    private static Command Download()
    {
        var patterns = new Argument<string[]>("PATTERN") { Description = "Regular expressions of whole subject names", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output") { Description = "Folder to write to", Required = true };
        var command = new Command("download", "Writes the latest version of subjects into files") { patterns, output };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            var files = await new RegistryTool(registry)
                .DownloadAsync(result.GetValue(patterns)!, result.GetValue(output)!, cancellation).ConfigureAwait(false);
            foreach (var file in files.Where(f => f.Succeeded))
            {
                Console.WriteLine(file.Value);
            }

            return Report(files.Where(f => !f.Succeeded).Select(f => $"{f.Subject}: {f.Error}"), $"{files.Count} subjects downloaded");
        });
        return command;
    }

    private static Command SetCompatibility()
    {
        var subject = new Argument<string?>("SUBJECT") { Description = "One subject (default: all of the contracts)", Arity = ArgumentArity.ZeroOrOne };
        var level = new Option<string?>("--level") { Description = "NONE, BACKWARD, FORWARD, FULL, or one of them with _TRANSITIVE (default: the catalogue's)" };
        var contracts = new ContractsOption();
        var command = new Command("set-compatibility", "Sets the levels of subjects") { subject, level, contracts };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            var levels = Levels(result.GetValue(subject), result.GetValue(level), () => ContractSubjects.Levels(contracts.Valid(result)));
            var set = await new RegistryTool(registry).SetCompatibilityAsync(levels, cancellation).ConfigureAwait(false);
            return Report(set.Where(r => !r.Succeeded).Select(r => $"{r.Subject}: {r.Error}"), $"{set.Count} levels are set");
        });
        return command;
    }

    private static IEnumerable<KeyValuePair<string, Compatibility>> Levels(
        string? subject, string? level, Func<IReadOnlyList<KeyValuePair<string, Compatibility>>> catalogue)
    {
        if (level is null)
        {
            return catalogue().Where(l => subject is null || l.Key == subject);
        }

        if (!CompatibilityNames.TryParse(level, out var given))
        {
            throw new UsageException($"--level: '{level}' is no compatibility level");
        }

        return subject is null ? catalogue().Select(l => KeyValuePair.Create(l.Key, given)) : [KeyValuePair.Create(subject, given)];
    }

    private static Command List()
    {
        var prefix = new Argument<string>("PREFIX") { Description = "What the subjects begin with", DefaultValueFactory = _ => "" };
        var command = new Command("list", "Subjects with their versions and levels") { prefix };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            foreach (var s in await new RegistryTool(registry).ListAsync(result.GetValue(prefix)!, cancellation).ConfigureAwait(false))
            {
                Console.WriteLine($"{s.Subject}  versions {string.Join(", ", s.Versions)}  {s.Level.ToWireName()}");
            }

            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var subject = new Argument<string>("SUBJECT");
        var version = new Option<int>("--version") { Description = "Its number (default: the latest)", DefaultValueFactory = _ => IRegistryApi.Latest };
        var command = new Command("show", "A version of a subject") { subject, version };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            var schema = await new RegistryTool(registry)
                .ShowAsync(result.GetValue(subject)!, result.GetValue(version), cancellation).ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"{schema.Subject} version {schema.Version}, id {schema.Id}").ConfigureAwait(false);
            Console.WriteLine(RegistryTool.Pretty(schema.SchemaString));
            return 0;
        });
        return command;
    }

    private static Command Diff()
    {
        var subject = new Argument<string>("SUBJECT");
        var older = new Argument<int>("OLDER") { Description = "A version" };
        var newer = new Argument<int>("NEWER") { Description = "Another (default: the latest)", DefaultValueFactory = _ => IRegistryApi.Latest };
        var command = new Command("diff", "What differs between two versions of a subject") { subject, older, newer };
        OnRegistry(command, async (result, registry, cancellation) =>
        {
            var diff = await new RegistryTool(registry)
                .DiffAsync(result.GetValue(subject)!, result.GetValue(older), result.GetValue(newer), cancellation).ConfigureAwait(false);
            foreach (var change in diff.Changes)
            {
                Console.WriteLine(change);
            }

            Console.WriteLine($"the newer reads data of the older: {(diff.IsBackwardCompatible ? "yes" : "no")}");
            Console.WriteLine($"the older reads data of the newer: {(diff.IsForwardCompatible ? "yes" : "no")}");
            return 0;
        });
        return command;
    }

    private static void OnRegistry(Command command, Func<ParseResult, IRegistryApi, CancellationToken, Task<int>> action)
    {
        var connection = new ConnectionOptions();
        command.Options.Add(connection.SchemaRegistry);
        command.Options.Add(connection.ClientConfig);
        command.SetAction(async (result, cancellation) =>
        {
            try
            {
                using var registry = RegistryConnection.Open(connection.ReadRegistry(result).Registry());
                return await action(result, registry, cancellation).ConfigureAwait(false);
            }
            catch (SchemaRegistryException e) when (e.Status == HttpStatusCode.Unauthorized)
            {
                throw new UsageException(
                    $"--schema-registry: {e.Message}: give user:password@ in the URL, or schema.registry.basic.auth.user.info in --client-config");
            }
            catch (Exception e) when (e is SchemaRegistryException or HttpRequestException or ArgumentException or IOException)
            {
                throw new UsageException(e.Message);
            }
        });
    }

    /// <summary>All that is wrong, a line each, and exit code 1; or what is well.</summary>
    private static int Report(IEnumerable<string> faults, string well)
    {
        var lines = faults.ToList();
        lines.ForEach(Console.Error.WriteLine);
        Console.WriteLine(lines.Count == 0 ? well : $"{lines.Count} faults");
        return lines.Count == 0 ? 0 : 1;
    }

    /// <summary>The folder of contracts that a verb reads.</summary>
    private sealed class ContractsOption() : Option<string>("--contracts")
    {
        private const string Folder = "schemas/contracts";

        public ContractFolder Read(ParseResult result)
        {
            var directory = result.GetValue(this) ?? Folder;
            try
            {
                return ContractFolder.Read(directory);
            }
            catch (DirectoryNotFoundException)
            {
                throw new UsageException($"--contracts: {directory} is not a folder");
            }
        }

        /// <summary>For verbs that write: faulty contracts go nowhere.</summary>
        public ContractFolder Valid(ParseResult result)
        {
            var folder = Read(result);
            return folder.Faults.Count == 0
                ? folder
                : throw new UsageException(string.Join('\n', folder.Faults));
        }
    }
}
