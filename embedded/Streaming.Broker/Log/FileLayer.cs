namespace Streaming.Broker.Log;

/// <summary>
/// All changes to the data directory go through here, so that a test can put a layer in its place that forgets
/// whatever was not flushed.
/// </summary>
internal class FileLayer
{
    public virtual LogFile Open(string path) =>
        new(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), path);

    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public virtual void RenameDirectory(string from, string to) => Directory.Move(from, to);

    public virtual void Delete(string path) => File.Delete(path);

    public virtual void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    public virtual void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public virtual void SyncDirectory(string path) => NativeMethods.SyncDirectory(path);

    /// <summary>Replaces a small file as a whole: after a crash the old or the new content is there, never a mix.</summary>
    public void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        var file = Open(temporary);
        try
        {
            file.SetLength(0);
            file.Write(content, 0);
            file.Flush();
        }
        finally
        {
            file.ReleaseReference();
        }

        Rename(temporary, path);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
