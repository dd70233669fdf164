namespace Streaming.Streams.Dsl;

/// <summary>Java's names of operators, which also name internal topics.</summary>
internal static class Names
{
    public const string Source = "KSTREAM-SOURCE-";
    public const string Sink = "KSTREAM-SINK-";
    public const string Filter = "KSTREAM-FILTER-";
    public const string Map = "KSTREAM-MAP-";
    public const string MapValues = "KSTREAM-MAPVALUES-";
    public const string FlatMap = "KSTREAM-FLATMAP-";
    public const string FlatMapValues = "KSTREAM-FLATMAPVALUES-";
    public const string ForEach = "KSTREAM-FOREACH-";
    public const string Peek = "KSTREAM-PEEK-";
    public const string Printer = "KSTREAM-PRINTER-";
    public const string Processor = "KSTREAM-PROCESSOR-";
    public const string Transform = "KSTREAM-TRANSFORM-";
    public const string TransformValues = "KSTREAM-TRANSFORMVALUES-";
    public const string Branch = "KSTREAM-BRANCH-";
    public const string BranchChild = "KSTREAM-BRANCHCHILD-";
    public const string Merge = "KSTREAM-MERGE-";
    public const string KeySelect = "KSTREAM-KEY-SELECT-";
    public const string Repartition = "KSTREAM-REPARTITION-";
    public const string Timestamp = "KSTREAM-RECORD-TIMESTAMP-";
    public const string DropDuplicate = "KSTREAM-DROP-DUPLICATE-";
    public const string Windowed = "KSTREAM-WINDOWED-";
    public const string JoinThis = "KSTREAM-JOINTHIS-";
    public const string JoinOther = "KSTREAM-JOINOTHER-";
    public const string OuterThis = "KSTREAM-OUTERTHIS-";
    public const string OuterOther = "KSTREAM-OUTEROTHER-";
    public const string OuterShared = "KSTREAM-OUTERSHARED-";
    public const string Join = "KSTREAM-JOIN-";
    public const string LeftJoin = "KSTREAM-LEFTJOIN-";
    public const string ToTable = "KSTREAM-TOTABLE-";
    public const string Aggregate = "KSTREAM-AGGREGATE-";
    public const string Reduce = "KSTREAM-REDUCE-";
    public const string TableSource = "KTABLE-SOURCE-";
    public const string TableFilter = "KTABLE-FILTER-";
    public const string TableMapValues = "KTABLE-MAPVALUES-";
    public const string TableSelect = "KTABLE-SELECT-";
    public const string TableToStream = "KTABLE-TOSTREAM-";
    public const string TableSuppress = "KTABLE-SUPPRESS-";
    public const string TableJoinThis = "KTABLE-JOINTHIS-";
    public const string TableJoinOther = "KTABLE-JOINOTHER-";
    public const string TableMerge = "KTABLE-MERGE-";
    public const string TableAggregate = "KTABLE-AGGREGATE-";
    public const string TableReduce = "KTABLE-REDUCE-";
    public const string RepartitionSuffix = "-repartition";
}
