using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Streaming.SchemaRegistry.Tests;

/// <summary>An HTTP server that gives the answers of a list, the last one for ever, and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly (int Status, string Body)[] answers;
    private volatile TaskCompletionSource gate = Open();
    private int given;

    public ScriptedServer(params (int Status, string Body)[] answers)
    {
        this.answers = answers;
        listener.Start();
        Url = $"http://{listener.LocalEndpoint}";
        _ = AcceptAsync();
    }

    public string Url { get; }

    public ConcurrentQueue<(string Target, string? Authorization)> Requests { get; } = [];

    /// <summary>Lets no answer go until <see cref="Release"/>.</summary>
    public IDisposable HoldBack()
    {
        gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new Holding(this);
    }

    public void Release() => gate.TrySetResult();

    public void Dispose()
    {
        Release();
        listener.Dispose();
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            await using var stream = connection.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (await reader.ReadLineAsync() is not { } first)
            {
                return;
            }

            string? authorization = null;
            var length = 0;
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                var parts = line.Split(": ", 2);
                authorization = parts[0] == "Authorization" ? parts[1] : authorization;
                length = parts[0] == "Content-Length" ? int.Parse(parts[1], null) : length;
            }

            if (length > 0)
            {
                await reader.ReadBlockAsync(new char[length], 0, length);
            }

            Requests.Enqueue((first.Split(' ')[1], authorization));
            await gate.Task;
            var (status, body) = answers[Math.Min(Interlocked.Increment(ref given), answers.Length) - 1];
            await stream.WriteAsync(Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {status} Scripted\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
        }
    }

    private sealed class Holding(ScriptedServer server) : IDisposable
    {
        public void Dispose() => server.Release();
    }
}
