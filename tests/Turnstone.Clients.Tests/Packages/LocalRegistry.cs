using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Turnstone.Clients.Tests.Packages;

/// <summary>A registry of npm with one package, as `npm pack` made it: `npm install` finds it by its name.</summary>
internal sealed class LocalRegistry : IAsyncDisposable
{
    private readonly WebApplication application;

    private LocalRegistry(WebApplication application) => this.application = application;

    public string Address => application.Urls.Single();

    public static async Task<LocalRegistry> StartAsync(string name, string package)
    {
        var content = await File.ReadAllBytesAsync(package);
        var manifest = Path.Combine(Repository.Root, "clients/typescript/package.json");
        var described = JsonNode.Parse(await File.ReadAllTextAsync(manifest))!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var registry = new LocalRegistry(builder.Build());
        registry.application.MapGet("/" + name, () => Results.Text(registry.Document(described, content)));
        registry.application.MapGet("/package.tgz", () => Results.Bytes(content));
        await registry.application.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private string Document(JsonNode described, byte[] content)
    {
        var (version, one) = ((string)described["version"]!, described.DeepClone());
        one["dist"] = new JsonObject
        {
            ["tarball"] = Address + "/package.tgz",
            ["integrity"] = "sha512-" + Convert.ToBase64String(SHA512.HashData(content)),
        };
        return new JsonObject
        {
            ["name"] = (string)described["name"]!,
            ["dist-tags"] = new JsonObject { ["latest"] = version },
            ["versions"] = new JsonObject { [version] = one },
        }.ToJsonString();
    }
}
