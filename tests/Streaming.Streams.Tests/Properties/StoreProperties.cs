using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Streams.State;

namespace Streaming.Streams.Tests.Properties;

/// <summary>The tables under the stores, against a sorted dictionary.</summary>
public sealed class StoreProperties
{
    private static readonly Gen<Operation[]> s_operations =
        (from kind in Gen.Choose(0, 9)
         from key in Gen.Choose(0, 400)
         from size in Gen.Choose(0, 40)
         select new Operation(kind, key, size)).ArrayOf();

    [Fact]
    public void A_table_holds_and_orders_what_a_sorted_dictionary_does() => Prop.ForAll(
        Gen.Resize(s_operations, 2000).ToArbitrary(),
        operations =>
        {
            var table = new MemoryTable(reclaims: true);
            var model = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
            foreach (var operation in operations)
            {
                var key = Key(operation.Key);
                switch (operation.Kind)
                {
                    case < 6:
                        var value = Encoding.UTF8.GetBytes(new string('v', operation.Size));
                        table.Put(key, value, tombstone: false, operation.Size, inPlace: true, out _);
                        model[key] = value;
                        break;
                    case < 8:
                        if (table.Find(key) is >= 0 and var id)
                        {
                            table.Remove(id);
                        }

                        model.Remove(key);
                        break;
                    default:
                        var to = Key(operation.Key + (operation.Size * 3));
                        var reverse = operation.Kind == 9;
                        var expected = model.Where(e => e.Key.AsSpan().SequenceCompareTo(key) >= 0
                            && e.Key.AsSpan().SequenceCompareTo(to) <= 0).Select(e => Convert.ToHexString(e.Key)).ToList();
                        if (reverse)
                        {
                            expected.Reverse();
                        }

                        Assert.Equal(expected, Keys(table, new KeyRange(key, to, reverse)));
                        break;
                }

                Assert.Equal(model.Count, table.Count);
            }

            foreach (var (key, value) in model)
            {
                Assert.True(table.Value(table.Find(key)).SequenceEqual(value));
            }

            Assert.Equal(model.Keys.Select(Convert.ToHexString), Keys(table, default));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_rollback_restores_a_table_of_uncommitted_writes() => Prop.ForAll(
        Gen.Zip(s_operations, s_operations).ToArbitrary(),
        operations =>
        {
            var dirty = new DirtyTable { KeepUndo = true };
            Apply(dirty, operations.Item1);
            dirty.Accept();
            var before = Content(dirty);
            Apply(dirty, operations.Item2);
            dirty.Rollback();
            Assert.Equal(before, Content(dirty));
        }).QuickCheckThrowOnFailure();

    private static void Apply(DirtyTable dirty, Operation[] operations)
    {
        foreach (var operation in operations)
        {
            dirty.Put(Key(operation.Key % 20), new byte[operation.Size], operation.Kind > 7, operation.Size);
        }
    }

    private static List<string> Content(DirtyTable dirty)
    {
        var content = new List<string>();
        using var cursor = new MemoryTableCursor(dirty.Table, default);
        while (cursor.MoveNext())
        {
            content.Add($"{Convert.ToHexString(cursor.Key)}={cursor.Value.Length}/{cursor.IsTombstone}@{cursor.Timestamp}");
        }

        return content;
    }

    private static List<string> Keys(MemoryTable table, KeyRange range)
    {
        var keys = new List<string>();
        using var cursor = new MemoryTableCursor(table, range);
        while (cursor.MoveNext())
        {
            keys.Add(Convert.ToHexString(cursor.Key));
        }

        return keys;
    }

    /// <summary>Keys of different lengths that share prefixes.</summary>
    private static byte[] Key(int number) => Encoding.UTF8.GetBytes(
        number % 3 == 0 ? $"{number}" : number % 3 == 1 ? $"a-long-common-prefix-{number}" : $"{number:D12}");

    internal sealed record Operation(int Kind, int Key, int Size);
}
