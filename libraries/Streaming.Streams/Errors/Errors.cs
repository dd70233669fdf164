namespace Streamiz.Kafka.Net.Errors;

/// <summary>Something went wrong in the streams engine or in the code that it runs.</summary>
public class StreamsException : Exception
{
    /// <summary>With a message.</summary>
    public StreamsException(string message) : base(message)
    {
    }

    /// <summary>With a cause.</summary>
    public StreamsException(Exception innerException)
        : base(innerException?.Message, innerException)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public StreamsException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>The topology contradicts itself, or the topics it meets.</summary>
public class TopologyException(string message) : StreamsException(message);

/// <summary>A key or value could not be read from its bytes.</summary>
public class DeserializationException : StreamsException
{
    /// <summary>With a message.</summary>
    public DeserializationException(string message) : base(message)
    {
    }

    /// <summary>With a cause.</summary>
    public DeserializationException(Exception innerException) : base(innerException)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public DeserializationException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>A record could not be written.</summary>
public class ProductionException : StreamsException
{
    /// <summary>With a message.</summary>
    public ProductionException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public ProductionException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>The store is closed, has moved, or is of another type.</summary>
public class InvalidStateStoreException(string message) : StreamsException(message);

/// <summary>A call that the present state does not allow.</summary>
public class IllegalStateException(string message) : StreamsException(message);

/// <summary>A store's files or changelog cannot be used.</summary>
public class ProcessorStateException : StreamsException
{
    /// <summary>With a message.</summary>
    public ProcessorStateException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public ProcessorStateException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

/// <summary>A configuration value is missing or wrong.</summary>
public class StreamConfigException(string message) : StreamsException(message);

/// <summary>An enumerator was read past its end.</summary>
public class NotMoreValueException(string message) : StreamsException(message);
