using System.IO.Pipelines;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Nodes.Guards;

/// <summary>A feed with as many revocations as asked for, and nothing after them.</summary>
internal sealed class MadeFeed(int count, TaskCompletionSource told)
{
    private const int Each = 500;

    public HttpContent Content()
    {
        var pipe = new Pipe();
        _ = Task.Run(() => WriteAsync(pipe.Writer));
        return new StreamContent(pipe.Reader.AsStream());
    }

    private async Task WriteAsync(PipeWriter writer)
    {
        var now = TimeProvider.System.GetUtcNow();
        var until = now.AddHours(2).ToUnixTimeSeconds();
        for (var done = 0; done < count; done += Each)
        {
            var entries = Enumerable
                .Range(0, Math.Min(Each, count - done))
                .Select(_ => $$"""{"id":"{{SessionId.New(RandomSource.System, now)}}","until":{{until}}}""");
            await SendAsync(writer, "ended", $$"""{"sessions":[{{string.Join(',', entries)}}]}""");
        }

        // Until the guard reads no more.
        while (!(await SendAsync(writer, "current", """{"as_of":0,"now":0}""")).IsCompleted)
        {
            told.TrySetResult();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static ValueTask<FlushResult> SendAsync(PipeWriter writer, string name, string data) =>
        writer.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\nid: made-1\ndata: {data}\n\n"));
}
