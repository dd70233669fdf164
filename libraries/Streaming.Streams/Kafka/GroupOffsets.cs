using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>An offset to commit, with what a task wants to know when it starts there.</summary>
internal readonly record struct SourceOffset(TopicPartition Partition, long Offset, string Metadata)
{
    public TopicPartitionOffset WithoutMetadata() => new(Partition, Offset);
}

/// <summary>The group's offsets with their metadata, which Confluent.Kafka's calls leave out.</summary>
internal static unsafe partial class GroupOffsets
{
    /// <exception cref="KafkaException">nothing, or not all of it, is committed</exception>
    public static void Commit(NativeHandle consumer, IReadOnlyCollection<SourceOffset> offsets)
    {
        var list = ListOf(consumer, offsets);
        try
        {
            Check(Commit(consumer.Pointer, list, 0));
            for (var i = 0; i < list->Count; i++) Check(list->Items[i].Error);
        }
        finally
        {
            Librdkafka.PartitionListDestroy(list);
        }
    }

    /// <summary>As SendOffsetsToTransaction, and throws as it does.</summary>
    public static void Send(NativeHandle producer, NativeHandle consumer, IReadOnlyCollection<SourceOffset> offsets, TimeSpan timeout)
    {
        var list = ListOf(producer, offsets);
        var group = GroupMetadata(consumer.Pointer);
        try
        {
            if (group == 0) throw new KafkaException(new Error(ErrorCode.Local_State, "the consumer is in no group"));
            var error = SendOffsets(producer.Pointer, list, group, (int)timeout.TotalMilliseconds);
            if (error != 0) Throw(error);
        }
        finally
        {
            if (group != 0) GroupMetadataDestroy(group);
            Librdkafka.PartitionListDestroy(list);
        }
    }

    /// <summary>The metadata of the partitions that have a committed offset.</summary>
    /// <exception cref="KafkaException">they cannot be told now</exception>
    public static Dictionary<TopicPartition, byte[]> Metadata(NativeHandle consumer, IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        var list = Librdkafka.PartitionListNew(partitions.Count);
        try
        {
            foreach (var partition in partitions) Librdkafka.PartitionListAdd(list, partition.Topic, partition.Partition.Value);
            Check(Committed(consumer.Pointer, list, (int)timeout.TotalMilliseconds));
            var metadata = new Dictionary<TopicPartition, byte[]>();
            for (var i = 0; i < list->Count; i++)
            {
                ref var item = ref list->Items[i];
                Check(item.Error);
                if (item.Offset >= 0) metadata[new(Marshal.PtrToStringUTF8((nint)item.Topic)!, item.Partition)] = new ReadOnlySpan<byte>(item.Metadata, (int)item.MetadataSize).ToArray();
            }
            return metadata;
        }
        finally
        {
            Librdkafka.PartitionListDestroy(list);
        }
    }

    private static Librdkafka.TopicPartitionList* ListOf(NativeHandle client, IReadOnlyCollection<SourceOffset> offsets)
    {
        var list = Librdkafka.PartitionListNew(offsets.Count);
        foreach (var offset in offsets)
        {
            var item = Librdkafka.PartitionListAdd(list, offset.Partition.Topic, offset.Partition.Partition.Value);
            item->Offset = offset.Offset;
            var size = Encoding.UTF8.GetByteCount(offset.Metadata);
            if (size == 0) continue;
            item->Metadata = Allocate(client.Pointer, (nuint)size); // the list frees it
            item->MetadataSize = (nuint)Encoding.UTF8.GetBytes(offset.Metadata, new Span<byte>(item->Metadata, size));
        }
        return list;
    }

    private static void Check(int error)
    {
        if (error != 0) throw new KafkaException((ErrorCode)error);
    }

    private static void Throw(nint error)
    {
        var reason = new Error((ErrorCode)Librdkafka.ErrorCode(error), Marshal.PtrToStringUTF8(ErrorText(error)), ErrorIsFatal(error) != 0);
        var (abort, retry) = (ErrorRequiresAbort(error) != 0, ErrorIsRetriable(error) != 0);
        Librdkafka.ErrorDestroy(error);
        throw abort ? new KafkaTxnRequiresAbortException(reason) : retry ? new KafkaRetriableException(reason) : new KafkaException(reason);
    }

    private const string Library = "librdkafka";

    [LibraryImport(Library, EntryPoint = "rd_kafka_commit")]
    private static partial int Commit(nint consumer, Librdkafka.TopicPartitionList* offsets, int isAsync);

    [LibraryImport(Library, EntryPoint = "rd_kafka_committed")]
    private static partial int Committed(nint consumer, Librdkafka.TopicPartitionList* partitions, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consumer_group_metadata")]
    private static partial nint GroupMetadata(nint consumer);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consumer_group_metadata_destroy")]
    private static partial void GroupMetadataDestroy(nint metadata);

    [LibraryImport(Library, EntryPoint = "rd_kafka_send_offsets_to_transaction")]
    private static partial nint SendOffsets(nint producer, Librdkafka.TopicPartitionList* offsets, nint group, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mem_malloc")]
    private static partial void* Allocate(nint client, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_string")]
    private static partial nint ErrorText(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_is_fatal")]
    private static partial int ErrorIsFatal(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_is_retriable")]
    private static partial int ErrorIsRetriable(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_txn_requires_abort")]
    private static partial int ErrorRequiresAbort(nint error);
}
