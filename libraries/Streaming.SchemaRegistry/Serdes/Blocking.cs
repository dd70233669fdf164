namespace Streaming.SchemaRegistry.Serdes;

/// <summary>
/// Waits for the registry where Kafka's synchronous interfaces leave no choice: once a schema, never once a message. The
/// work runs apart from the caller's context, so that waiting can't keep it from finishing.
/// </summary>
internal static class Blocking
{
    public static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
