// An MCP server that keeps notes and is guarded by Turnstone: the official C# SDK, ASP.NET Core's own check of tokens,
// and this file. docs/tutorials/mcp.md starts it. Settings: Issuer, Resource (the address of this server, which its
// tokens are for).
using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Server;

var builder = WebApplication.CreateBuilder(args);
var issuer = builder.Configuration["Issuer"] ?? "http://127.0.0.1:8400";
var resource = new Uri(builder.Configuration["Resource"] ?? "http://127.0.0.1:8401/mcp");

builder
    .Services.AddAuthentication(options =>
    {
        options.DefaultAuthenticateScheme = JwtBearerDefaults.AuthenticationScheme;
        options.DefaultChallengeScheme = McpAuthenticationDefaults.AuthenticationScheme;
    })
    .AddJwtBearer(options =>
    {
        options.Authority = issuer;
        options.Audience = resource.ToString();
        options.RequireHttpsMetadata = issuer.StartsWith("https:", StringComparison.Ordinal);
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
    })
    .AddMcp(options =>
        options.ResourceMetadata = new()
        {
            Resource = resource.ToString(),
            AuthorizationServers = { issuer },
            ScopesSupported = [Scope.Read, Scope.Write],
        }
    );
builder.Services.AddAuthorization();
builder.Services.AddMcpServer().WithHttpTransport(options => options.Stateless = true).WithTools<Notes>();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseWhen(
    context => context.Request.Path == resource.AbsolutePath && HttpMethods.IsPost(context.Request.Method),
    branch => branch.Use((context, next) => Scope.StepUpAsync(context, resource, next))
);
app.MapMcp(resource.AbsolutePath).RequireAuthorization();
await app.RunAsync(builder.Configuration["urls"] ?? resource.GetLeftPart(UriPartial.Authority));

/// <summary>The scopes, and what a token without enough of them is answered.</summary>
internal static class Scope
{
    public const string Read = "notes.read";
    public const string Write = "notes.write";

    /// <summary>
    /// A call that needs more than the token has is 403 with the scopes that it needs (RFC 6750 §3.1): the client asks
    /// its user for those, and calls again.
    /// </summary>
    public static async Task StepUpAsync(HttpContext context, Uri resource, RequestDelegate next)
    {
        var granted = context.User.FindFirst("scope")?.Value.Split(' ') ?? [];
        string[] needed = await ToolOfAsync(context.Request) == Notes.WriteName ? [Read, Write] : [Read];
        if (context.User.Identity?.IsAuthenticated is true && needed.Except(granted).Any())
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.Headers.WWWAuthenticate =
                $"Bearer error=\"insufficient_scope\", scope=\"{string.Join(' ', needed)}\", "
                + $"resource_metadata=\"{new Uri(resource, $"/.well-known/oauth-protected-resource{resource.AbsolutePath}")}\"";
            return;
        }

        await next(context);
    }

    private static async Task<string?> ToolOfAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var body = await JsonDocument.ParseAsync(request.Body);
        request.Body.Position = 0;
        return body.RootElement is { ValueKind: JsonValueKind.Object } call
            && call.TryGetProperty("params", out var given)
            && given.ValueKind is JsonValueKind.Object
            && given.TryGetProperty("name", out var name)
            ? name.ToString()
            : null;
    }
}

/// <summary>The tools. Everybody has notes of his own.</summary>
[McpServerToolType]
internal sealed class Notes(IHttpContextAccessor accessor)
{
    public const string WriteName = "write_note";

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> Kept = new();

    private string Owner => accessor.HttpContext!.User.FindFirst("sub")!.Value;

    [McpServerTool(Name = "read_note"), Description("Reads the note.")]
    public string Read() => Kept.GetValueOrDefault(Owner, "There is no note yet.");

    [McpServerTool(Name = WriteName), Description("Writes the note in the place of the one before.")]
    public string Write([Description("Its text.")] string text)
    {
        Kept[Owner] = text;
        return "Written.";
    }
}
