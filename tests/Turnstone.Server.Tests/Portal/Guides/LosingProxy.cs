using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>
/// A call that passed: its path, its Idempotency-Key, and what the client's state held at that moment.
/// </summary>
internal sealed record PassedCall(string Path, string? IdempotencyKey, string State);

/// <summary>
/// Stands between a client and a server, and loses the first answer to a refresh after the server has given it.
/// </summary>
internal sealed class LosingProxy : IAsyncDisposable
{
    private static readonly string[] Passed = ["Authorization", "Subscription-Key", "Idempotency-Key"];

    private readonly WebApplication app;
    private readonly HttpClient server;
    private readonly string state;
    private int refreshes;

    private LosingProxy(WebApplication app, HttpClient server, string state) =>
        (this.app, this.server, this.state) = (app, server, state);

    public ConcurrentQueue<PassedCall> Calls { get; } = [];

    public string Url =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <param name="server">To where the calls pass.</param>
    /// <param name="state">The file in which the client keeps its refresh token.</param>
    public static async Task<LosingProxy> StartAsync(HttpClient server, string state)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new LosingProxy(app, server, state);
        app.Run(proxy.PassAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task PassAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Calls.Enqueue(
            new PassedCall(path, context.Request.Headers["Idempotency-Key"], await File.ReadAllTextAsync(state))
        );
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), path);
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var name in Passed.Where(context.Request.Headers.ContainsKey))
        {
            request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToString());
        }

        using var answer = await server.SendAsync(request);
        if (path.EndsWith("/refresh", StringComparison.Ordinal) && Interlocked.Increment(ref refreshes) == 1)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        await answer.Content.CopyToAsync(context.Response.Body);
    }
}
