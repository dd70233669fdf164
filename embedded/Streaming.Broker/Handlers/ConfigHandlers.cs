using System.Collections.Immutable;
using System.Globalization;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Handlers;

/// <summary>The resource types that have settings.</summary>
internal enum ResourceType : sbyte
{
    Topic = 2,
    Broker = 4,
}

/// <summary>DescribeConfigs.</summary>
internal sealed class DescribeConfigsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DescribeConfigs;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var resources = new List<(ResourceType Type, string Name, HashSet<string>? Keys)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            var type = (ResourceType)body.Int8();
            var name = body.String();
            var keys = body.NullableArrayLength();
            var wanted = keys < 0 ? null : new HashSet<string>(keys);
            for (; keys > 0; keys--)
            {
                wanted!.Add(body.String());
            }

            body.Tags();
            resources.Add((type, name, wanted));
        }

        var synonyms = body.Bool();
        response.Int32(0);
        response.ArrayLength(resources.Count);
        foreach (var (type, name, keys) in resources)
        {
            var (error, message, entries) = Describe(type, name);
            response.Error(error);
            response.NullableString(message);
            response.Int8((sbyte)type);
            response.String(name);
            var chosen = keys is null ? entries : entries.Where(e => keys.Contains(e.Name)).ToList();
            response.ArrayLength(chosen.Count);
            chosen.ForEach(entry => Write(response, version, entry, synonyms));
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private (ErrorCode Error, string? Message, List<ConfigEntry> Entries) Describe(ResourceType type, string name)
    {
        switch (type)
        {
            case ResourceType.Topic when !Topic.IsValidName(name):
                return (ErrorCode.InvalidTopic, $"Topic name '{name}' is illegal", []);
            case ResourceType.Topic:
                return context.Topics.Find(name) is { } topic
                    ? (ErrorCode.None, null, ConfigView.OfTopic(topic, context.Options))
                    : (ErrorCode.UnknownTopicOrPartition, null, []);
            case ResourceType.Broker when name.Length == 0 || name == context.NodeId.ToString(CultureInfo.InvariantCulture):
                return (ErrorCode.None, null, ConfigView.OfBroker(context.Options));
            case ResourceType.Broker:
                return (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {context.NodeId} or empty string, but received {name}", []);
            default:
                return (ErrorCode.InvalidRequest, $"Unsupported resource type: {type}", []);
        }
    }

    private static void Write(ProtocolWriter response, short version, ConfigEntry entry, bool synonyms)
    {
        response.String(entry.Name);
        response.NullableString(entry.Value);
        response.Bool(entry.ReadOnly);
        response.Int8((sbyte)entry.Source);
        response.Bool(false);
        response.ArrayLength(synonyms ? 1 : 0);
        if (synonyms)
        {
            response.String(entry.Name);
            response.NullableString(entry.Value);
            response.Int8((sbyte)entry.Source);
            response.Tags();
        }

        if (version >= 3)
        {
            response.Int8((sbyte)entry.Type);
            response.NullableString(null);
        }

        response.Tags();
    }
}

/// <summary>A setting to change; the operation is one of <see cref="ConfigChanges"/>.</summary>
internal readonly record struct ConfigChange(string Name, sbyte Operation, string? Value);

/// <summary>AlterConfigs replaces a topic's settings as a whole, IncrementalAlterConfigs changes single ones.</summary>
internal sealed class AlterConfigsHandler(BrokerContext context, ApiKey key) : IRequestHandler
{
    public ApiKey Key => key;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var incremental = key == ApiKey.IncrementalAlterConfigs;
        var resources = new List<(ResourceType Type, string Name, List<ConfigChange> Changes)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            var type = (ResourceType)body.Int8();
            var name = body.String();
            var changes = new List<ConfigChange>();
            for (var configs = body.ArrayLength(); configs > 0; configs--)
            {
                changes.Add(new ConfigChange(body.String(), incremental ? body.Int8() : ConfigChanges.Set, body.NullableString()));
                body.Tags();
            }

            body.Tags();
            resources.Add((type, name, changes));
        }

        var validateOnly = body.Bool();
        response.Int32(0);
        response.ArrayLength(resources.Count);
        var repeated = Repeated.Of(resources.Select(r => (r.Type, r.Name)));
        foreach (var (type, name, changes) in resources)
        {
            var (error, message) = repeated.Contains((type, name))
                ? (ErrorCode.InvalidRequest, "The resource appears twice")
                : Alter(type, name, changes, replaceAll: !incremental, validateOnly);
            response.Error(error);
            response.NullableString(message);
            response.Int8((sbyte)type);
            response.String(name);
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private (ErrorCode Error, string? Message) Alter(ResourceType type, string name, List<ConfigChange> changes, bool replaceAll, bool validateOnly)
    {
        if (type != ResourceType.Topic)
        {
            return (ErrorCode.InvalidRequest, "Only topics have settings that can be changed while the broker runs");
        }

        if (context.Topics.Find(name) is not { } topic)
        {
            return (ErrorCode.UnknownTopicOrPartition, null);
        }

        var (changed, wrong) = ConfigChanges.Apply(topic.Overrides, changes, replaceAll);
        if (wrong is not null)
        {
            return (ErrorCode.InvalidConfig, wrong);
        }

        if (!validateOnly)
        {
            try
            {
                context.Topics.SetOverrides(name, current => ConfigChanges.Apply(current, changes, replaceAll).Changed!);
            }
            catch (IOException e)
            {
                return (ErrorCode.KafkaStorageError, e.Message);
            }
        }

        return (ErrorCode.None, null);
    }
}

/// <summary>The operations of IncrementalAlterConfigs on a topic's own settings.</summary>
internal static class ConfigChanges
{
    public const sbyte Set = 0;
    public const sbyte Delete = 1;
    public const sbyte Append = 2;
    public const sbyte Subtract = 3;

    public static (ImmutableSortedDictionary<string, string>? Changed, string? Wrong) Apply(
        ImmutableSortedDictionary<string, string> current, IReadOnlyList<ConfigChange> changes, bool replaceAll)
    {
        var result = replaceAll ? ImmutableSortedDictionary<string, string>.Empty : current;
        foreach (var change in changes)
        {
            if (!TopicConfig.All.TryGetValue(change.Name, out var definition))
            {
                return (null, $"Unknown topic config name: {change.Name}");
            }

            if (change.Operation == Delete)
            {
                result = result.Remove(change.Name);
                continue;
            }

            var value = change.Value;
            if (change.Operation is Append or Subtract)
            {
                if (definition.Type != ConfigType.List)
                {
                    return (null, $"Config value append is not allowed for config: {change.Name}");
                }

                value = Combine(result.GetValueOrDefault(change.Name, definition.Default), value ?? "", change.Operation == Append);
            }
            else if (change.Operation != Set)
            {
                return (null, $"Unknown operation {change.Operation}");
            }

            if (TopicConfig.Validate(change.Name, value) is { } wrong)
            {
                return (null, wrong);
            }

            result = result.SetItem(change.Name, value!);
        }

        return (result, null);
    }

    private static string Combine(string current, string values, bool append)
    {
        var had = current.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var given = values.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(',', append ? had.Union(given) : had.Except(given));
    }
}
