using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Turnstone.Clients.Tests.Golden;

/// <summary>Golden providers, each at a path of its own.</summary>
public sealed class GoldenServer : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, GoldenProvider> providers = new();
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-golden-").FullName;
    private WebApplication app = null!;
    private int folders;

    /// <summary>Where the module of the JavaScript client lies for a browser.</summary>
    public const string Module = "/client/index.js";

    public Uri Address =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    /// <summary>Where a client keeps its session.</summary>
    public string NewFolder() => Path.Combine(folder, $"{Interlocked.Increment(ref folders)}");

    internal (Uri Address, GoldenProvider Provider) Open(string contract, GoldenAnswers answers)
    {
        var name = $"provider-{providers.Count}-{contract.Replace("/", "", StringComparison.Ordinal)}-{answers}";
        return (new Uri(Address, name), providers.GetOrAdd(name, _ => new GoldenProvider(contract, answers)));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.StartsWith("/client/", StringComparison.Ordinal))
        {
            context.Response.ContentType = "text/javascript";
            var file = Path.Combine(Repository.Root, "clients", "typescript", "src", Path.GetFileName(path));
            await context.Response.SendFileAsync(file, context.RequestAborted);
            return;
        }

        if (path == "/page")
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<!doctype html><title>A page</title>", context.RequestAborted);
            return;
        }

        var end = path.IndexOf('/', 1);
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var provider = providers[path[1..end]];
        var (status, answer) = provider.Answer(path[end..], context.Request.QueryString.Value, body);
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }
}
