namespace Streamiz.Kafka.Net;

/// <summary>A store of a processor.</summary>
public interface IStateStore
{
    /// <summary>The store's name.</summary>
    string Name { get; }

    /// <summary>Whether it is kept on disk.</summary>
    bool Persistent { get; }

    /// <summary>Whether it lives in this process.</summary>
    bool IsLocally { get; }

    /// <summary>Whether it can be used.</summary>
    bool IsOpen { get; }

    /// <summary>Called before the first use.</summary>
    void Init(ProcessorContext context, IStateStore root);

    /// <summary>Writes back what is cached.</summary>
    void Flush();

    /// <summary>Called after the last use.</summary>
    void Close();
}
