using System.Net;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>
/// The way of a guard to the feed through all rounds: each piece that arrives is a connection, and ends with an end or
/// with a fault.
/// </summary>
internal sealed class RoadOfRounds(BadRounds rounds) : HttpMessageHandler
{
    private readonly Queue<byte[]> pieces = [];
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool last;

    /// <summary>Done when the guard has read everything, and asks for more; the fault if there was one.</summary>
    public Task Over => over.Task;

    public int Connections { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            var lastId = request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null;
            return new(HttpStatusCode.OK) { Content = new StreamContent(await NextAsync(lastId, cancel)) };
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            over.TrySetException(fault);
            throw;
        }
    }

    private async Task<Stream> NextAsync(string? lastId, CancellationToken cancel)
    {
        while (pieces.Count == 0 && !rounds.AreOver)
        {
            foreach (var piece in await rounds.NextAsync(lastId))
            {
                pieces.Enqueue(piece);
            }
        }

        Connections++;
        if (pieces.TryDequeue(out var next))
        {
            return Connections % 2 == 0 ? new MemoryStream(next) : new BrokenStream(next);
        }

        if (!last)
        {
            last = true;
            return new MemoryStream(await rounds.LastAsync(lastId));
        }

        over.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancel);
        return Stream.Null;
    }

    /// <summary>A connection that breaks where another ends.</summary>
    private sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        ) =>
            await base.ReadAsync(buffer, cancellationToken) is var count and not 0
                ? count
                : throw new IOException("The connection is broken.");
    }
}
