using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Streams.Runtime.RocksDb;
using Streaming.Streams.State;

namespace Streaming.Streams.Tests.Runtime;

public sealed class RocksDbStoreTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "rocksdb-tests-" + Guid.NewGuid().ToString("N")[..8]);

    private static StoreSpec Spec(StoreKind kind) => new() { Kind = kind, RetentionMs = 10 * 60_000, Open = _ => throw new NotSupportedException() };

    private RocksDbStore Open(StoreKind kind = StoreKind.KeyValue, string name = "store", long heldBytes = 1 << 20)
    {
        Skip.IfNot(RocksDbLibrary.IsAvailable, "RocksDB's C library is not installed");
        return new(Path.Combine(_directory, name), Spec(kind), heldBytes);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Window(string key, long start)
    {
        var bytes = new byte[key.Length + 12];
        Bytes(key).CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(key.Length), start);
        return bytes;
    }

    private static List<string> Read(TableCursor cursor)
    {
        var found = new List<string>();
        using (cursor)
            while (cursor.MoveNext()) found.Add($"{Convert.ToHexString(cursor.Key)}={Encoding.UTF8.GetString(cursor.Value)}@{cursor.Timestamp}");
        return found;
    }

    [SkippableFact]
    public void Writes_and_the_changelog_offset_survive_reopening()
    {
        using (var store = Open())
        {
            Assert.Equal(-1, store.ChangelogOffset);
            store.BeginBatch();
            store.Put(Bytes("a"), Bytes("1"), 10);
            store.Put(Bytes("b"), [], 11);
            store.EndBatch(42);
        }
        using var again = Open();
        Assert.Equal(42, again.ChangelogOffset);
        Assert.True(again.TryGet(Bytes("a"), out var value, out var timestamp));
        Assert.Equal("1", Encoding.UTF8.GetString(value));
        Assert.Equal(10, timestamp);
        Assert.True(again.TryRead(Bytes("b"), out var empty, out _));
        Assert.Empty(empty);
        Assert.False(again.TryGet(Bytes("c"), out _, out _));
    }

    [SkippableFact]
    public void A_batch_without_an_offset_keeps_the_older_one()
    {
        using var store = Open();
        store.BeginBatch();
        store.EndBatch(7);
        store.BeginBatch();
        store.Put(Bytes("a"), Bytes("1"), 1);
        store.EndBatch(-1);
        Assert.Equal(7, store.ChangelogOffset);
    }

    [SkippableFact]
    public void Expired_segments_go_as_a_whole_and_stay_away()
    {
        using (var store = Open(StoreKind.Window))
        {
            store.BeginBatch();
            for (var minute = 0; minute < 30; minute++) store.Put(Window("k", minute * 60_000), Bytes($"{minute}"), minute);
            store.EndBatch(1);
            store.BeginBatch();
            store.ExpireBefore(12 * 60_000);
            store.EndBatch(2);
            Assert.Equal(20, Read(store.Open(new(null, null))).Count); // segments of five minutes: two are wholly past
        }
        using var again = Open(StoreKind.Window);
        Assert.Equal(20, Read(again.OpenSnapshot(new(null, null))).Count);
        Assert.False(again.TryGet(Window("k", 0), out _, out _));
        Assert.True(again.TryGet(Window("k", 10 * 60_000), out _, out _));
    }

    [SkippableFact]
    public void What_a_restoration_held_back_is_read_again_if_the_process_dies()
    {
        using (var store = Open(heldBytes: 1000))
        {
            foreach (var batch in Enumerable.Range(0, 30))
            {
                store.BeginBatch();
                foreach (var key in Enumerable.Range(0, 10)) store.Put(Bytes($"{batch % 7}-{key}"), Bytes($"{batch}"), batch);
                store.HoldBatch((batch + 1) * 10);
            }
            Assert.True(store.HoldsBatches);
        }
        Assert.True(File.Exists(Path.Combine(_directory, "store", "CURRENT")));
        // What a death in the middle of an import leaves behind.
        File.WriteAllText(Path.Combine(_directory, "store", "restored.sst"), "half a file");
        using var again = Open();
        Assert.InRange(again.ChangelogOffset, 10, 290);
        for (var batch = (int)again.ChangelogOffset / 10; batch < 30; batch++)
        {
            again.BeginBatch();
            foreach (var key in Enumerable.Range(0, 10)) again.Put(Bytes($"{batch % 7}-{key}"), Bytes($"{batch}"), batch);
            again.EndBatch((batch + 1) * 10);
        }
        Assert.Equal(300, again.ChangelogOffset);
        Assert.Equal(
            Enumerable.Range(0, 7).SelectMany(slot => Enumerable.Range(0, 10).Select(key => $"{slot}-{key}={(slot < 2 ? 28 + slot : 21 + slot)}")).Order(StringComparer.Ordinal),
            Read(again.OpenSnapshot(new(null, null))).Select(e => Encoding.UTF8.GetString(Convert.FromHexString(e.Split('=')[0])) + "=" + e.Split('=')[1].Split('@')[0]));
    }

    [SkippableFact]
    public void What_a_restoration_held_back_settles_without_an_end()
    {
        using var store = Open(heldBytes: 1000);
        for (var batch = 0; batch < 30; batch++)
        {
            store.BeginBatch();
            foreach (var key in Enumerable.Range(0, 10)) store.Put(Bytes($"{batch}-{key}"), Bytes($"{batch}"), batch);
            store.HoldBatch((batch + 1) * 10);
        }
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                store.Settle(300);
                return !store.HoldsBatches;
            },
            TimeSpan.FromSeconds(60)));
        Assert.Equal(300, store.ChangelogOffset);
        Assert.Equal(300, Read(store.OpenSnapshot(new(null, null))).Count);
        store.BeginBatch();
        store.Put(Bytes("one more"), Bytes("1"), 1);
        store.EndBatch(301);
        Assert.Equal(301, Read(store.OpenSnapshot(new(null, null))).Count);
    }

    [SkippableFact]
    public void A_snapshot_does_not_see_later_writes_and_outlives_the_store()
    {
        var store = Open();
        store.BeginBatch();
        store.Put(Bytes("a"), Bytes("1"), 1);
        store.EndBatch(1);
        var snapshot = store.OpenSnapshot(new(null, null));
        store.BeginBatch();
        store.Put(Bytes("b"), Bytes("2"), 1);
        store.Remove(Bytes("a"));
        store.EndBatch(2);
        Assert.Equal(["61=1@1"], Read(snapshot));
        store.Dispose();
        Assert.Empty(Read(store.OpenSnapshot(new(null, null))));
    }

    [SkippableFact]
    public void Holds_what_the_memory_store_holds_after_any_writes()
    {
        Skip.IfNot(RocksDbLibrary.IsAvailable, "RocksDB's C library is not installed");
        var run = 0;
        var operation = from key in Gen.Choose(0, 40) from value in Gen.Choose(0, 1000) from kind in Gen.Choose(0, 5) select (Key: key, Value: value, Kind: kind);
        var property = Prop.ForAll(Arb.From(Gen.ListOf(operation)), Arb.From(Gen.Two(Gen.Choose(0, 45))), (operations, bounds) =>
        {
            foreach (var windows in new[] { false, true })
            {
                var kind = windows ? StoreKind.Window : StoreKind.KeyValue;
                byte[] Key(int n) => windows ? Window($"k{n % 7}", n * 60_000L) : Bytes($"k{n:D2}");
                using var disk = Open(kind, $"run-{run++}", heldBytes: 300);
                using var memory = new MemoryStore(Spec(kind));
                foreach (var store in new CommittedStore[] { disk, memory })
                {
                    store.BeginBatch();
                    var expired = 0;
                    foreach (var (key, value, what) in operations)
                    {
                        if (windows && key < expired) continue; // nobody writes what is expired
                        if (what == 0) store.Remove(Key(key));
                        else store.Put(Key(key), Bytes($"{value}"), value);
                        if (windows && what == 3) store.ExpireBefore((expired = Math.Max(expired, key - 9)) * 60_000L);
                        if (what is not (1 or 2)) continue;
                        if (what == 1) store.EndBatch(value);
                        else store.HoldBatch(value);
                        store.BeginBatch();
                    }
                    store.EndBatch(1);
                }
                foreach (var reverse in new[] { false, true })
                {
                    var (low, high) = (Key(Math.Min(bounds.Item1, bounds.Item2)), Key(Math.Max(bounds.Item1, bounds.Item2)));
                    foreach (var range in new[] { new KeyRange(null, null, reverse), new(low, high, reverse), new(low, null, reverse), new(null, high, reverse), KeyRange.OfPrefix(Bytes("k1"), reverse) })
                    {
                        Assert.Equal(Read(memory.OpenSnapshot(range)), Read(disk.OpenSnapshot(range)));
                        Assert.Equal(Read(memory.Open(range)), Read(disk.Open(range)));
                    }
                }
            }
        });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }
}
