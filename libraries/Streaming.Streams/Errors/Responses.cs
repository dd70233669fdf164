namespace Streamiz.Kafka.Net;

/// <summary>What to do with a record that cannot be read or processed.</summary>
public enum ExceptionHandlerResponse
{
    /// <summary>The worker fails.</summary>
    FAIL = 0,

    /// <summary>The record is skipped, without a trace of its own.</summary>
    CONTINUE = 1,
}

/// <summary>What to do with a record that cannot be written.</summary>
public enum ProductionExceptionHandlerResponse
{
    /// <summary>The worker fails.</summary>
    FAIL = 0,

    /// <summary>The record is skipped.</summary>
    CONTINUE = 1,

    /// <summary>The record is tried again.</summary>
    RETRY = 2,
}
