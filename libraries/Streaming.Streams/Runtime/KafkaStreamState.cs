namespace Streamiz.Kafka.Net;

public sealed partial class KafkaStream
{
    /// <summary>A stage in the life of a <see cref="KafkaStream"/>.</summary>
    public sealed class State : IEquatable<State>
    {
        /// <summary>Made, not started.</summary>
        public static readonly State CREATED = new(nameof(CREATED), 0, [1, 3]);

        /// <summary>Tasks come or go, or restore their stores; those that are ready run.</summary>
        public static readonly State REBALANCING = new(nameof(REBALANCING), 1, [2, 3, 5]);

        /// <summary>Every task of this instance runs.</summary>
        public static readonly State RUNNING = new(nameof(RUNNING), 2, [1, 2, 3, 5]);

        /// <summary>Committing and closing.</summary>
        public static readonly State PENDING_SHUTDOWN = new(nameof(PENDING_SHUTDOWN), 3, [4]);

        /// <summary>Closed.</summary>
        public static readonly State NOT_RUNNING = new(nameof(NOT_RUNNING), 4, []);

        /// <summary>Failed; to be disposed of.</summary>
        public static readonly State ERROR = new(nameof(ERROR), 5, [3]);

        private State(string name, int ordinal, int[] transitions) => (Name, Ordinal, Transitions) = (name, ordinal, transitions.ToHashSet());

        /// <summary>The state's name.</summary>
        public string Name { get; }

        /// <summary>The state's number.</summary>
        public int Ordinal { get; }

        /// <summary>Numbers of the states that may follow.</summary>
        public ISet<int> Transitions { get; }

        /// <summary>Running or rebalancing: stores can be queried.</summary>
        public bool IsRunning() => this == RUNNING || this == REBALANCING;

        internal bool MayBecome(State next) => Transitions.Contains(next.Ordinal);

        /// <inheritdoc/>
        public bool Equals(State? other) => other is not null && Ordinal == other.Ordinal;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as State);

        /// <inheritdoc/>
        public override int GetHashCode() => Ordinal;

        /// <inheritdoc/>
        public override string ToString() => Name;

        /// <summary>The same state.</summary>
        public static bool operator ==(State? left, State? right) => left is null ? right is null : left.Equals(right);

        /// <summary>Different states.</summary>
        public static bool operator !=(State? left, State? right) => !(left == right);
    }
}
