namespace Streaming.SchemaRegistry.Core;

/// <summary>A registry's folder can't be used; the message is one line that says why.</summary>
public sealed class RegistryStorageException : IOException
{
    public RegistryStorageException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
