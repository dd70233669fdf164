using System.Buffers.Binary;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Fuzz;

/// <summary>A well-behaved client that works beside the bad ones and asks for everything that they may have spoilt.</summary>
internal sealed class Bystander : IDisposable
{
    private const string Topic = "steady";
    private const string Group = "steady-group";

    private readonly WireClient _client;
    private long _next;

    public Bystander(int port)
    {
        _client = new WireClient(port);
        Answer(Frames.CreateTopic(Topic));
    }

    /// <summary>One round of its work; throws what an assertion says if something is not as it must be.</summary>
    public void Work()
    {
        var (error, offset) = Frames.ReadProduce(Answer(Frames.Produce(7, Topic, 0, Batches.Plain(("k", $"{_next}")))));
        Assert.Equal((ErrorCode.None, _next), (error, offset));
        var read = Batches.Records(Frames.ReadFetch(Answer(Frames.Fetch(Topic, 0, _next))).Records);
        Assert.Equal((_next, $"{_next}"), (read[^1].Offset, read[^1].Value));
        Commit();
        // Lists of all topics and groups, and settings, in old encodings: whatever others brought in must fit into them.
        Answer(Frames.Request(ApiKey.Metadata, 0, w => w.ArrayLength(0)));
        Answer(Frames.Request(ApiKey.ListGroups, 0, _ => { }));
        Answer(Frames.Request(ApiKey.DescribeConfigs, 1, w =>
        {
            w.ArrayLength(1);
            w.Int8(2);
            w.String("t");
            w.NullArray();
            w.Bool(false);
        }));
        Answer(Frames.Request(ApiKey.DescribeGroups, 0, w =>
        {
            w.ArrayLength(2);
            w.String("g");
            w.String(Group);
        }));
        _next++;
    }

    public void Dispose() => _client.Dispose();

    private void Commit()
    {
        var response = Answer(Frames.Request(ApiKey.OffsetCommit, 2, w =>
        {
            w.String(Group);
            w.Int32(-1);
            w.String("");
            w.Int64(-1);
            w.ArrayLength(1);
            w.String(Topic);
            w.ArrayLength(1);
            w.Int32(0);
            w.Int64(_next);
            w.NullableString("");
        }));
        Assert.Equal(0, BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(response.Length - 2)));
    }

    private byte[] Answer(byte[] frame)
    {
        var answer = _client.Exchange(frame);
        Assert.True(answer is not null, "the well-behaved client was disconnected");
        return answer;
    }
}
