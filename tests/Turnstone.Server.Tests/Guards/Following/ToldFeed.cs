using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;

namespace Turnstone.Server.Tests.Guards.Following;

/// <summary>A feed that says what a test tells it to, connection by connection.</summary>
internal sealed class ToldFeed : HttpMessageHandler
{
    private readonly Channel<PipeWriter> asked = Channel.CreateUnbounded<PipeWriter>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The next connection of the guard.</summary>
    public async Task<PipeWriter> AskedAsync() =>
        await asked.Reader.ReadAsync(Cancel).AsTask().WaitAsync(LoneGuard.Patience, Cancel);

    /// <summary>Says until when nothing is missing, and when that was said.</summary>
    public static async Task TellAsync(PipeWriter writer, DateTimeOffset asOf, DateTimeOffset now) =>
        await writer.WriteAsync(
            Encoding.UTF8.GetBytes(
                $"event: current\nid: made-1\n"
                    + $"data: {{\"as_of\":{asOf.ToUnixTimeMilliseconds()},\"now\":{now.ToUnixTimeMilliseconds()}}}\n\n"
            ),
            Cancel
        );

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var pipe = new Pipe();
        asked.Writer.TryWrite(pipe.Writer);
        return Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) }
        );
    }
}
