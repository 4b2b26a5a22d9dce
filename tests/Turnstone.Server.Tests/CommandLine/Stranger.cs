using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>A server that is not the one it should be. It remembers what it hears.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> heard = new();
    private readonly WebApplication app;

    private Stranger(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    /// <summary>What it announces of itself; null for nothing.</summary>
    public JsonObject? Metadata { get; set; }

    /// <summary>What it answers to everything else; null for 404.</summary>
    public string? Body { get; set; }

    /// <summary>What it waits for before it answers with the body; null for nothing.</summary>
    public Task? Held { get; set; }

    /// <summary>All requests: their lines, heads and bodies.</summary>
    public string Heard => string.Join('\n', heard);

    public static async Task<Stranger> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stranger = new Stranger(app);
        app.Run(stranger.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        stranger.Url = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        return stranger;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new StreamReader(request.Body);
        var head = string.Join('\n', request.Headers.Select(one => $"{one.Key}: {one.Value}"));
        heard.Enqueue($"{request.Method} {request.Path}{request.QueryString}\n{head}\n{await body.ReadToEndAsync()}");
        if (Metadata is { } metadata && request.Path == "/.well-known/openid-configuration")
        {
            await context.Response.WriteAsync(metadata.ToJsonString());
            return;
        }

        if (Body is { } text)
        {
            await (Held ?? Task.CompletedTask);
            await context.Response.WriteAsync(text);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
