using System.Collections.Immutable;
using Streaming.Broker.Network;
using Streaming.Broker.Protocol;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Handlers;

/// <summary>CreateTopics.</summary>
internal sealed class CreateTopicsHandler(BrokerContext context) : IRequestHandler
{
    private sealed record Wanted(string Name, int Partitions, short Replicas, List<int[]> Assignments, List<(string Name, string? Value)> Configs);

    public ApiKey Key => ApiKey.CreateTopics;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        var wanted = new List<Wanted>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            wanted.Add(ReadTopic(ref body));
        }

        body.Int32();
        var validateOnly = body.Bool();
        response.Int32(0);
        response.ArrayLength(wanted.Count);
        var repeated = Repeated.Of(wanted.Select(w => w.Name));
        foreach (var topic in wanted)
        {
            var (error, message, created) = repeated.Contains(topic.Name)
                ? (ErrorCode.InvalidRequest, "Duplicate topic name.", null)
                : Create(topic, validateOnly);
            Write(response, version, topic, error, message, created);
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static Wanted ReadTopic(ref ProtocolReader body)
    {
        var name = body.String();
        var partitions = body.Int32();
        var replicas = body.Int16();
        var assignments = new List<int[]>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            body.Int32();
            assignments.Add(body.Int32Array());
            body.Tags();
        }

        var configs = new List<(string Name, string? Value)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            configs.Add((body.String(), body.NullableString()));
            body.Tags();
        }

        body.Tags();
        return new Wanted(name, partitions, replicas, assignments, configs);
    }

    private (ErrorCode Error, string? Message, Topic? Topic) Create(Wanted wanted, bool validateOnly)
    {
        if (!Topic.IsValidName(wanted.Name))
        {
            return (ErrorCode.InvalidTopic, $"Topic name '{wanted.Name}' is illegal", null);
        }

        if (context.Topics.Find(wanted.Name) is not null)
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{wanted.Name}' already exists.", null);
        }

        if (Topic.IsInternalName(wanted.Name))
        {
            return (ErrorCode.InvalidTopic, "The name is the broker's own", null);
        }

        var partitions = wanted.Partitions;
        if (wanted.Assignments.Count > 0)
        {
            if (wanted.Partitions != -1 || wanted.Replicas != -1)
            {
                return (ErrorCode.InvalidRequest, "Both assignments and counts were given", null);
            }

            if (wanted.Assignments.Any(a => a.Length == 0 || a.Any(id => id != context.NodeId)))
            {
                return (ErrorCode.InvalidReplicaAssignment, $"Only node {context.NodeId} exists", null);
            }

            partitions = wanted.Assignments.Count;
        }
        else if (partitions == -1)
        {
            partitions = context.Options.DefaultPartitions;
        }

        if (partitions <= 0)
        {
            return (ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.", null);
        }

        if (context.Topics.PartitionCount + partitions > context.Options.MaxPartitions)
        {
            return (ErrorCode.InvalidPartitions, $"The broker's limit of {context.Options.MaxPartitions} partitions would be passed", null);
        }

        if (wanted.Replicas is 0 or < -1 || (wanted.Replicas > 1 && !context.Options.LenientReplicationFactor))
        {
            return (ErrorCode.InvalidReplicationFactor, $"Replication factor: {wanted.Replicas} larger than available brokers: 1.", null);
        }

        var wrong = wanted.Configs.Select(c => TopicConfig.Validate(c.Name, c.Value)).FirstOrDefault(m => m is not null)
            ?? Repeated.Of(wanted.Configs.Select(c => c.Name)).Select(n => $"{n} is given twice").FirstOrDefault();
        if (wrong is not null)
        {
            return (ErrorCode.InvalidConfig, wrong, null);
        }

        var overrides = wanted.Configs.ToImmutableSortedDictionary(c => c.Name, c => c.Value!);
        if (validateOnly)
        {
            return (ErrorCode.None, null, new Topic(wanted.Name, Guid.Empty, [.. new Log.PartitionLog[partitions]], overrides));
        }

        try
        {
            var (error, topic) = context.Topics.Create(wanted.Name, partitions, overrides);
            return (error, null, topic);
        }
        catch (IOException e)
        {
            return (ErrorCode.KafkaStorageError, e.Message, null);
        }
    }

    private void Write(ProtocolWriter response, short version, Wanted wanted, ErrorCode error, string? message, Topic? topic)
    {
        response.String(wanted.Name);
        if (version >= 7)
        {
            response.Uuid(topic?.Id ?? Guid.Empty);
        }

        response.Error(error);
        response.NullableString(message);
        if (version >= 5)
        {
            response.Int32(error == ErrorCode.None ? topic!.Partitions.Length : -1);
            response.Int16(error == ErrorCode.None ? (short)1 : (short)-1);
            var configs = error == ErrorCode.None ? ConfigView.OfTopic(topic!, context.Options) : [];
            response.ArrayLength(configs.Count);
            foreach (var config in configs)
            {
                response.String(config.Name);
                response.NullableString(config.Value);
                response.Bool(false);
                response.Int8((sbyte)config.Source);
                response.Bool(false);
                response.Tags();
            }
        }

        response.Tags();
    }
}

/// <summary>DeleteTopics, by name or, from version 6, by id.</summary>
internal sealed class DeleteTopicsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DeleteTopics;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        response.Int32(0);
        var count = body.ArrayLength();
        response.ArrayLength(count);
        for (; count > 0; count--)
        {
            string? name;
            var id = Guid.Empty;
            if (version >= 6)
            {
                name = body.NullableString();
                id = body.Uuid();
                body.Tags();
            }
            else
            {
                name = body.String();
            }

            var topic = name is null ? context.Topics.Find(id) : context.Topics.Find(name);
            var error = topic is null ? (name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition) : Delete(topic);
            response.NullableString(topic?.Name ?? name);
            if (version >= 6)
            {
                response.Uuid(topic?.Id ?? id);
            }

            response.Error(error);
            if (version >= 5)
            {
                response.NullableString(null);
            }

            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private ErrorCode Delete(Topic topic)
    {
        if (topic.IsInternal)
        {
            return ErrorCode.InvalidTopic;
        }

        try
        {
            if (!context.Topics.Delete(topic.Name))
            {
                return ErrorCode.UnknownTopicOrPartition;
            }
        }
        catch (IOException)
        {
            return ErrorCode.KafkaStorageError;
        }

        context.Groups.TopicDeleted(topic.Name);
        return ErrorCode.None;
    }
}

/// <summary>CreatePartitions: topics only grow.</summary>
internal sealed class CreatePartitionsHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.CreatePartitions;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var wanted = new List<(string Name, int Count, int[][]? Assignments)>();
        for (var count = body.ArrayLength(); count > 0; count--)
        {
            wanted.Add((body.String(), body.Int32(), ReadAssignments(ref body)));
            body.Tags();
        }

        body.Int32();
        var validateOnly = body.Bool();
        response.Int32(0);
        response.ArrayLength(wanted.Count);
        var repeated = Repeated.Of(wanted.Select(w => w.Name));
        foreach (var (name, count, assignments) in wanted)
        {
            var (error, message) = repeated.Contains(name) ? (ErrorCode.InvalidRequest, "Duplicate topic name.") : Grow(name, count, assignments, validateOnly);
            response.String(name);
            response.Error(error);
            response.NullableString(message);
            response.Tags();
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private static int[][]? ReadAssignments(ref ProtocolReader body)
    {
        var count = body.NullableArrayLength();
        if (count < 0)
        {
            return null;
        }

        var assignments = new int[count][];
        for (var i = 0; i < count; i++)
        {
            assignments[i] = body.Int32Array();
            body.Tags();
        }

        return assignments;
    }

    private (ErrorCode Error, string? Message) Grow(string name, int count, int[][]? assignments, bool validateOnly)
    {
        if (context.Topics.Find(name) is not { } topic)
        {
            return (ErrorCode.UnknownTopicOrPartition, $"The topic '{name}' does not exist.");
        }

        var added = count - topic.Partitions.Length;
        if (topic.IsInternal || added <= 0)
        {
            return (ErrorCode.InvalidPartitions, $"The topic {name} currently has {topic.Partitions.Length} partition(s); {count} would not be an increase.");
        }

        if (context.Topics.PartitionCount + (long)added > context.Options.MaxPartitions)
        {
            return (ErrorCode.InvalidPartitions, $"The broker's limit of {context.Options.MaxPartitions} partitions would be passed");
        }

        if (assignments is not null && (assignments.Length != added || assignments.Any(a => a is not [var id] || id != context.NodeId)))
        {
            return (ErrorCode.InvalidReplicaAssignment, $"Each new partition needs the one replica on node {context.NodeId}");
        }

        if (!validateOnly)
        {
            try
            {
                context.Topics.AddPartitions(name, count);
            }
            catch (IOException e)
            {
                return (ErrorCode.KafkaStorageError, e.Message);
            }
        }

        return (ErrorCode.None, null);
    }
}
