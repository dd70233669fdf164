using Streaming.Broker.Groups;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Log;

namespace Streaming.Broker.Tests.Groups;

public sealed class GroupCoordinatorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LogHarness _harness = new();
    private readonly BrokerOptions _options = new() { DataDirectory = "unused", InitialRebalanceDelay = TimeSpan.Zero, MinSessionTimeout = TimeSpan.FromMilliseconds(100) };
    private GroupCoordinator _groups;

    public GroupCoordinatorTests() => _groups = new GroupCoordinator(_options, _harness.Log, _harness.Environment);

    public void Dispose()
    {
        _groups.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public async Task A_dynamic_member_first_gets_its_id()
    {
        var refused = await Join(id: "", requireId: true);
        Assert.Equal(ErrorCode.MemberIdRequired, refused.Error);

        var joined = await Join(id: refused.MemberId, requireId: true).WaitAsync(Patience);

        Assert.Equal((ErrorCode.None, refused.MemberId, 1), (joined.Error, joined.MemberId, joined.Generation));
        Assert.Equal(joined.MemberId, joined.Leader);
    }

    [Fact]
    public async Task What_is_wrong_with_a_join_is_told()
    {
        Assert.Equal(ErrorCode.InvalidGroupId, (await Join(group: "")).Error);
        Assert.Equal(ErrorCode.InvalidSessionTimeout, (await Join(session: 1)).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, (await Join(id: "stranger")).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await Join(protocols: [])).Error);
        var member = await Join().WaitAsync(Patience);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await Join(protocols: ["other"])).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await Join(type: "connect")).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, _groups.Heartbeat("g", 9, member.MemberId, null));
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat("g", 1, "stranger", null));
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat("absent", 1, "stranger", null));
    }

    [Fact]
    public async Task Members_rebalance_until_all_have_joined_and_get_what_the_leader_assigns()
    {
        var first = await JoinAndSync("m1");
        var second = Join();
        Assert.Equal(ErrorCode.RebalanceInProgress, _groups.Heartbeat("g", first.Generation, first.MemberId, null));
        Assert.False(second.IsCompleted);

        var again = await Join(id: first.MemberId).WaitAsync(Patience);
        var other = await second.WaitAsync(Patience);

        Assert.Equal((2, 2), (again.Generation, other.Generation));
        Assert.Equal(first.MemberId, again.Leader);
        Assert.Equal(2, again.Members!.Count);
        Assert.Empty(other.Members!);
        var waiting = Sync(other, new Dictionary<string, byte[]>());
        var assignments = new Dictionary<string, byte[]> { [again.MemberId] = [1], [other.MemberId] = [2] };
        Assert.Equal([1], (await Sync(again, assignments).WaitAsync(Patience)).Assignment);
        Assert.Equal([2], (await waiting.WaitAsync(Patience)).Assignment);
        Assert.Equal(nameof(GroupState.Stable), _groups.Describe("g").State);
    }

    [Fact]
    public async Task A_member_that_falls_silent_is_dropped_and_the_rest_rebalances()
    {
        var silent = await JoinAndSync("m", session: 300);
        var other = Join(session: 30_000);

        var joined = await other.WaitAsync(Patience);

        Assert.Equal(2, joined.Generation);
        Assert.Equal([joined.MemberId], joined.Members!.Select(m => m.Id));
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat("g", 2, silent.MemberId, null));
    }

    [Fact]
    public async Task A_static_member_comes_back_to_its_assignment_without_a_rebalance_and_fences_its_predecessor()
    {
        var before = await JoinAndSync("m", instance: "i1");

        var after = await Join(instance: "i1").WaitAsync(Patience);

        Assert.Equal(before.Generation, after.Generation);
        Assert.NotEqual(before.MemberId, after.MemberId);
        Assert.Equal(before.MemberId, after.Leader); // an old client must not think it leads
        Assert.Equal([7], (await Sync(after, new Dictionary<string, byte[]>()).WaitAsync(Patience)).Assignment);
        Assert.Equal(ErrorCode.FencedInstanceId, _groups.Heartbeat("g", 1, before.MemberId, "i1"));
        Assert.Equal(ErrorCode.None, _groups.Heartbeat("g", 1, after.MemberId, "i1"));
        var leader = await Join(instance: "i1", skipAssignment: true).WaitAsync(Patience);
        Assert.True(leader.SkipAssignment);
        Assert.Equal(leader.MemberId, leader.Leader);
    }

    [Fact]
    public async Task A_static_member_is_removed_by_its_instance_id_alone()
    {
        await JoinAndSync("m", instance: "i1");

        Assert.Equal([ErrorCode.UnknownMemberId, ErrorCode.None], _groups.Leave("g", [new LeavingMember("", "i2"), new LeavingMember("", "i1")]).Members);
        Assert.Equal(nameof(GroupState.Empty), _groups.Describe("g").State);
    }

    [Fact]
    public async Task A_hundred_members_come_and_go()
    {
        var members = new List<JoinResult>();
        var joining = Enumerable.Range(0, 100).Select(_ => Join(session: 60_000)).ToList();
        var leader = await joining[0].WaitAsync(Patience);
        var rejoined = Join(id: leader.MemberId, session: 60_000);
        foreach (var join in joining.Skip(1).Append(rejoined))
        {
            members.Add(await join.WaitAsync(Patience));
        }

        Assert.Single(members.Select(m => m.Generation).Distinct());
        Assert.Equal(100, members.Single(m => m.Members!.Count > 0).Members!.Count);
        var left = _groups.Leave("g", members.Select(m => new LeavingMember(m.MemberId, null)).ToList());
        Assert.All(left.Members, e => Assert.Equal(ErrorCode.None, e));
        Assert.Equal(nameof(GroupState.Empty), _groups.Describe("g").State);
    }

    [Fact]
    public async Task Offsets_are_committed_by_the_generation_only()
    {
        var member = await JoinAndSync("m");

        Assert.Equal(ErrorCode.UnknownMemberId, Commit(-1, "", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, Commit(9, member.MemberId, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit(1, "stranger", 1));
        Assert.Equal(ErrorCode.None, Commit(1, member.MemberId, 5));
        Assert.Equal(5, Committed());
        Assert.Equal(ErrorCode.NonEmptyGroup, _groups.Delete("g"));
    }

    [Fact]
    public async Task Members_and_offsets_survive_a_restart()
    {
        var member = await JoinAndSync("m", instance: "i1");
        Commit(1, member.MemberId, 5, "i1");
        _groups.CommitInTransaction("g", 1, member.MemberId, "i1", 77, 0, [Offset(9)]);

        Restart();

        Assert.Equal(ErrorCode.None, _groups.Heartbeat("g", 1, member.MemberId, "i1"));
        Assert.Equal([7], _groups.Describe("g").Members.Single().Assignment);
        Assert.Equal((5, true), (Committed(), _groups.Committed("g", new TopicPartition("t", 0)).IsPending));
        _groups.EndTransaction(77, 0, commit: true, 0);
        Assert.Equal(9, Committed());
        Restart();
        Assert.Equal((9, false), (Committed(), _groups.Committed("g", new TopicPartition("t", 0)).IsPending));
    }

    [Fact]
    public void Offsets_of_an_aborted_transaction_never_count()
    {
        _groups.Commit("g", -1, "", null, [Offset(5)]);
        _groups.CommitInTransaction("g", -1, "", null, 77, 0, [Offset(9)]);
        _groups.EndTransaction(77, 0, commit: false, 0);

        Assert.Equal((5, false), (Committed(), _groups.Committed("g", new TopicPartition("t", 0)).IsPending));
        Restart();
        Assert.Equal(5, Committed());
    }

    [Fact]
    public void A_deleted_group_stays_deleted()
    {
        _groups.Commit("g", -1, "", null, [Offset(5)]);
        Assert.Equal(ErrorCode.None, _groups.Delete("g"));
        Assert.Equal(ErrorCode.GroupIdNotFound, _groups.Delete("g"));
        Restart();
        Assert.Empty(_groups.List());
    }

    [Fact]
    public void Offsets_of_an_empty_group_expire()
    {
        _groups.Dispose();
        _groups = new GroupCoordinator(_options with { OffsetsRetention = TimeSpan.Zero }, _harness.Log, _harness.Environment);
        _groups.Commit("g", -1, "", null, [Offset(5)]);
        _groups.Expire();
        Assert.Empty(_groups.List());
    }

    private void Restart()
    {
        _groups.Dispose();
        _harness.Reopen(clean: false);
        _groups = new GroupCoordinator(_options, _harness.Log, _harness.Environment);
        _groups.Load();
    }

    private long Committed() => _groups.Committed("g", new TopicPartition("t", 0)).Offset!.Offset;

    private ErrorCode Commit(int generation, string member, long offset, string? instance = null) =>
        _groups.Commit("g", generation, member, instance, [Offset(offset)]);

    private static OffsetToCommit Offset(long offset) => new("t", 0, new CommittedOffset(offset, 3, "note", Protocol.Batches.Now));

    private async Task<JoinResult> JoinAndSync(string client, string? instance = null, int session = 10_000)
    {
        var joined = await Join(instance: instance, session: session, client: client).WaitAsync(Patience);
        Assert.Equal(ErrorCode.None, joined.Error);
        await Sync(joined, new Dictionary<string, byte[]> { [joined.MemberId] = [7] }, instance).WaitAsync(Patience);
        return joined;
    }

    private Task<SyncResult> Sync(JoinResult joined, IReadOnlyDictionary<string, byte[]> assignments, string? instance = null) =>
        _groups.SyncAsync(new SyncRequest("g", joined.Generation, joined.MemberId, instance, null, null, assignments));

    private Task<JoinResult> Join(
        string group = "g",
        string id = "",
        string? instance = null,
        int session = 10_000,
        string type = "consumer",
        string[]? protocols = null,
        bool requireId = false,
        bool skipAssignment = false,
        string client = "client") =>
        _groups.JoinAsync(new JoinRequest(
            group,
            session,
            30_000,
            id,
            instance,
            type,
            (protocols ?? ["range"]).Select(p => new MemberProtocol(p, [1])).ToList(),
            client,
            "/127.0.0.1",
            requireId,
            skipAssignment));
}
