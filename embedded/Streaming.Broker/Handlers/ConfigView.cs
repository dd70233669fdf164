using System.Globalization;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Handlers;

/// <summary>Where a setting's value comes from, numbered as in the protocol.</summary>
internal enum ConfigSource : sbyte
{
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
}

internal sealed record ConfigEntry(string Name, string? Value, ConfigType Type, ConfigSource Source, bool ReadOnly);

/// <summary>The settings as tools see them: all that exist, not only those that were changed.</summary>
internal static class ConfigView
{
    public static List<ConfigEntry> OfTopic(Topic topic, BrokerOptions options) =>
        TopicConfig.All.Values
            .Select(d => topic.Overrides.TryGetValue(d.Name, out var own)
                ? new ConfigEntry(d.Name, own, d.Type, ConfigSource.Topic, false)
                : options.TopicDefaults.TryGetValue(d.Name, out var given)
                    ? new ConfigEntry(d.Name, given, d.Type, ConfigSource.StaticBroker, false)
                    : new ConfigEntry(d.Name, d.Default, d.Type, ConfigSource.Default, false))
            .ToList();

    public static List<ConfigEntry> OfBroker(BrokerOptions options)
    {
        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
        static ConfigEntry Entry(string name, string value, ConfigType type) => new(name, value, type, ConfigSource.StaticBroker, true);

        return
        [
            Entry("auto.create.topics.enable", options.AutoCreateTopics ? "true" : "false", ConfigType.Boolean),
            Entry("broker.id", Number(options.NodeId), ConfigType.Int),
            Entry("default.replication.factor", "1", ConfigType.Int),
            Entry("group.initial.rebalance.delay.ms", Number((long)options.InitialRebalanceDelay.TotalMilliseconds), ConfigType.Int),
            Entry("group.max.session.timeout.ms", Number((long)options.MaxSessionTimeout.TotalMilliseconds), ConfigType.Int),
            Entry("group.max.size", Number(options.MaxGroupSize), ConfigType.Int),
            Entry("group.min.session.timeout.ms", Number((long)options.MinSessionTimeout.TotalMilliseconds), ConfigType.Int),
            Entry("log.cleaner.enable", "true", ConfigType.Boolean),
            Entry("log.dirs", options.DataDirectory, ConfigType.String),
            Entry("message.max.bytes", options.TopicDefaults.GetValueOrDefault("max.message.bytes", TopicConfig.All["max.message.bytes"].Default), ConfigType.Int),
            Entry("min.insync.replicas", "1", ConfigType.Int),
            Entry("num.partitions", Number(options.DefaultPartitions), ConfigType.Int),
            Entry("offsets.retention.minutes", Number((long)options.OffsetsRetention.TotalMinutes), ConfigType.Int),
            Entry("socket.request.max.bytes", Number(options.MaxRequestBytes), ConfigType.Int),
            Entry("transaction.max.timeout.ms", Number((long)options.MaxTransactionTimeout.TotalMilliseconds), ConfigType.Int),
        ];
    }
}
