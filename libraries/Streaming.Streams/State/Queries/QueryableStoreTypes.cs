using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streamiz.Kafka.Net.State
{
    /// <summary>Which view of a store a query wants.</summary>
    public interface IQueryableStoreType<T, K, V>
        where T : class
    {
        /// <summary>Whether a store can be seen so.</summary>
        bool Accepts(IStateStore stateStore);
    }

    /// <summary>The views that can be queried.</summary>
    public static class QueryableStoreTypes
    {
        /// <summary>Keys and values.</summary>
        public static IQueryableStoreType<IReadOnlyKeyValueStore<K, V>, K, V> KeyValueStore<K, V>() =>
            new StoreType<IReadOnlyKeyValueStore<K, V>, K, V>(stores => new KeyValueParts<K, V>(stores));

        /// <summary>Keys and values with their time.</summary>
        public static IQueryableStoreType<IReadOnlyKeyValueStore<K, ValueAndTimestamp<V>>, K, ValueAndTimestamp<V>>
            TimestampedKeyValueStore<K, V>() =>
            new StoreType<IReadOnlyKeyValueStore<K, ValueAndTimestamp<V>>, K, ValueAndTimestamp<V>>(
                stores => new KeyValueParts<K, ValueAndTimestamp<V>>(stores));

        /// <summary>Windows.</summary>
        public static IQueryableStoreType<IReadOnlyWindowStore<K, V>, K, V> WindowStore<K, V>() =>
            new StoreType<IReadOnlyWindowStore<K, V>, K, V>(stores => new WindowParts<K, V>(stores));

        /// <summary>Windows whose values carry their time.</summary>
        public static IQueryableStoreType<IReadOnlyWindowStore<K, ValueAndTimestamp<V>>, K, ValueAndTimestamp<V>>
            TimestampedWindowStore<K, V>() =>
            new StoreType<IReadOnlyWindowStore<K, ValueAndTimestamp<V>>, K, ValueAndTimestamp<V>>(
                stores => new WindowParts<K, ValueAndTimestamp<V>>(stores));
    }
}

namespace Streaming.Streams.State
{
    /// <summary>The views that can be queried beyond Streamiz'.</summary>
    public static class SessionStoreTypes
    {
        /// <summary>Sessions.</summary>
        public static IQueryableStoreType<IReadOnlySessionStore<K, V>, K, V> SessionStore<K, V>() =>
            new StoreType<IReadOnlySessionStore<K, V>, K, V>(stores => new SessionParts<K, V>(stores));
    }

    /// <summary>A view made of the parts of a store that the tasks of this instance hold.</summary>
    internal interface IComposedStoreType<T>
        where T : class
    {
        /// <summary>The view; the parts are asked for anew with each call on it, for tasks come and go.</summary>
        T Compose(Func<IReadOnlyList<StoreState>> parts, bool uncommitted);
    }

    internal sealed class StoreType<T, K, V>(Func<Func<IReadOnlyList<T>>, T> compose)
        : IQueryableStoreType<T, K, V>, IComposedStoreType<T>
        where T : class
    {
        public bool Accepts(IStateStore stateStore) => ViewOf(stateStore) is not null;

        public T Compose(Func<IReadOnlyList<StoreState>> parts, bool uncommitted) => compose(() =>
            [.. parts().Select(state =>
                ViewOf(((IQueryableState)state.Spec.Open(state)).Query(state, uncommitted))
                ?? throw new InvalidStateStoreException($"Store {state.Name} cannot be queried as {typeof(T)}"))]);

        // A store with timestamps can be seen without them.
        private static T? ViewOf(IStateStore store) => store as T ?? (store as IPlainView<T>)?.Plain();
    }

    internal sealed class KeyValueParts<K, V>(Func<IReadOnlyList<IReadOnlyKeyValueStore<K, V>>> parts)
        : IReadOnlyKeyValueStore<K, V>, IPrefixScan<K, V>, IOpenRanges<K, V>
    {
        public V Get(K key)
        {
            foreach (var part in parts())
            {
                var value = part.Get(key);
                if (!EqualityComparer<V>.Default.Equals(value, default))
                {
                    return value;
                }
            }

            return default!;
        }

        public IKeyValueEnumerator<K, V> Range(K? from, K? to) => Chain(p => p.Range(from, to));

        public IKeyValueEnumerator<K, V> ReverseRange(K? from, K? to) => Chain(p => p.ReverseRange(from, to));

        public IEnumerable<KeyValuePair<K, V>> All() => parts().SelectMany(p => p.All());

        public IEnumerable<KeyValuePair<K, V>> ReverseAll() => parts().SelectMany(p => p.ReverseAll());

        public long ApproximateNumEntries() => parts().Sum(p => p.ApproximateNumEntries());

        public IKeyValueEnumerator<K, V> RangeFrom(K from, bool reverse) => Chain(p => p.RangeFrom(from, reverse));

        public IKeyValueEnumerator<K, V> RangeTo(K to, bool reverse) => Chain(p => p.RangeTo(to, reverse));

        public IKeyValueEnumerator<K, V> PrefixScan(ReadOnlySpan<byte> prefix)
        {
            var bytes = prefix.ToArray();
            return Chain(p => ((IPrefixScan<K, V>)p).PrefixScan(bytes));
        }

        private ChainedEnumerator<K, V> Chain(Func<IReadOnlyKeyValueStore<K, V>, IKeyValueEnumerator<K, V>> open) =>
            new(parts().Select(open));
    }

    internal sealed class WindowParts<K, V>(Func<IReadOnlyList<IReadOnlyWindowStore<K, V>>> parts)
        : IReadOnlyWindowStore<K, V>
    {
        public V Fetch(K key, long time)
        {
            foreach (var part in parts())
            {
                var value = part.Fetch(key, time);
                if (!EqualityComparer<V>.Default.Equals(value, default))
                {
                    return value;
                }
            }

            return default!;
        }

        public IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to) =>
            new WindowChain<V>(parts().Select(p => p.Fetch(key, from, to)));

        public IWindowStoreEnumerator<V> Fetch(K key, long from, long to) =>
            new WindowChain<V>(parts().Select(p => p.Fetch(key, from, to)));

        public IKeyValueEnumerator<Windowed<K>, V> All() => new ChainedEnumerator<Windowed<K>, V>(parts().Select(p => p.All()));

        public IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to) =>
            new ChainedEnumerator<Windowed<K>, V>(parts().Select(p => p.FetchAll(from, to)));
    }

    internal sealed class SessionParts<K, V>(Func<IReadOnlyList<IReadOnlySessionStore<K, V>>> parts)
        : IReadOnlySessionStore<K, V>
    {
        public V FetchSession(K key, long sessionStartTime, long sessionEndTime) => parts()
            .Select(p => p.FetchSession(key, sessionStartTime, sessionEndTime))
            .FirstOrDefault(v => !EqualityComparer<V>.Default.Equals(v, default))!;

        public IKeyValueEnumerator<Windowed<K>, V> Fetch(K key) =>
            new ChainedEnumerator<Windowed<K>, V>(parts().Select(p => p.Fetch(key)));

        public IKeyValueEnumerator<Windowed<K>, V> FindSessions(
            K key, long earliestSessionEndTime, long latestSessionStartTime) =>
            new ChainedEnumerator<Windowed<K>, V>(
                parts().Select(p => p.FindSessions(key, earliestSessionEndTime, latestSessionStartTime)));

        public IKeyValueEnumerator<Windowed<K>, V> All() => new ChainedEnumerator<Windowed<K>, V>(parts().Select(p => p.All()));
    }

    /// <summary>The parts' entries one after the other.</summary>
    internal class ChainedEnumerator<K, V>(IEnumerable<IKeyValueEnumerator<K, V>> parts) : IKeyValueEnumerator<K, V>
    {
        private readonly IEnumerator<IKeyValueEnumerator<K, V>> _parts = parts.GetEnumerator();
        private IKeyValueEnumerator<K, V>? _part;

        public KeyValuePair<K, V>? Current => _part?.Current;

        object? System.Collections.IEnumerator.Current => Current;

        public bool MoveNext()
        {
            while (true)
            {
                if (_part?.MoveNext() ?? false)
                {
                    return true;
                }

                _part?.Dispose();
                _part = null;
                if (!_parts.MoveNext())
                {
                    return false;
                }

                _part = _parts.Current;
            }
        }

        public K PeekNextKey() => _part is null
            ? throw new NotMoreValueException("The enumerator stands on no entry")
            : _part.PeekNextKey();

        public void Reset() => throw new NotSupportedException("An enumerator of a store goes one way");

        public void Dispose()
        {
            _part?.Dispose();
            _parts.Dispose();
        }
    }

    internal sealed class WindowChain<V>(IEnumerable<IWindowStoreEnumerator<V>> parts)
        : ChainedEnumerator<long, V>(parts), IWindowStoreEnumerator<V>;
}

namespace Streamiz.Kafka.Net
{
    /// <summary>Asks for a store by name and view.</summary>
    public static class StoreQueryParameters
    {
        /// <summary>The store of that name, seen in that way.</summary>
        public static StoreQueryParameters<T, K, V> FromNameAndType<T, K, V>(
            string storeName, IQueryableStoreType<T, K, V> queryableStoreType)
            where T : class => new(storeName, queryableStoreType);
    }

    /// <summary>Asks for a store by name and view.</summary>
    public class StoreQueryParameters<T, K, V>
        where T : class
    {
        internal StoreQueryParameters(string storeName, IQueryableStoreType<T, K, V> queryableStoreType)
        {
            StoreName = storeName;
            QueryableStoreType = queryableStoreType;
        }

        /// <summary>The store's name.</summary>
        public string StoreName { get; }

        /// <summary>The view.</summary>
        public IQueryableStoreType<T, K, V> QueryableStoreType { get; }

        /// <summary>Whether writes of the transaction that is under way are seen. Not in Streamiz.</summary>
        public bool Uncommitted { get; private set; }

        /// <summary>With the writes of the transaction that is under way. Not in Streamiz.</summary>
        public StoreQueryParameters<T, K, V> WithUncommitted()
        {
            Uncommitted = true;
            return this;
        }
    }
}
