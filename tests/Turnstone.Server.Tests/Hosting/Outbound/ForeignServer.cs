using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Turnstone.Server.Tests.Hosting.Outbound;

/// <summary>Somebody else's server, which publishes documents and counts who asks for them.</summary>
internal sealed class ForeignServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, RequestDelegate> answers = new();
    private readonly ConcurrentDictionary<string, int> asked = new();

    private ForeignServer(WebApplication app) => this.app = app;

    /// <summary>The names of the headers of the last request; null if there was none.</summary>
    public IReadOnlyList<string>? Seen { get; private set; }

    public static async Task<ForeignServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new ForeignServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>The address of a path.</summary>
    public string At(string path) => $"{app.Urls.Single()}{path}";

    /// <summary>How often the path was asked for.</summary>
    public int Asked(string path) => asked.GetValueOrDefault(path);

    public void Publish(string path, RequestDelegate answer) => answers[path] = answer;

    public void Publish(string path, string json, string? cacheControl = null) =>
        Publish(
            path,
            context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.Headers.CacheControl = cacheControl;
                return context.Response.WriteAsync(json);
            }
        );

    /// <summary>An answer that comes drop by drop and never ends.</summary>
    public void PublishEndless(string path) =>
        Publish(
            path,
            async context =>
            {
                context.Response.ContentType = "application/json";
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(" ", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(100, context.RequestAborted);
                }
            }
        );

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        asked.AddOrUpdate(path, 1, (_, count) => count + 1);
        Seen = [.. context.Request.Headers.Keys.Order(StringComparer.Ordinal)];
        context.Response.StatusCode = answers.ContainsKey(path) ? StatusCodes.Status200OK : 404;
        return answers.TryGetValue(path, out var answer) ? answer(context) : Task.CompletedTask;
    }
}
