// An MCP server that keeps notes and is guarded by Turnstone: the official C# SDK, ASP.NET Core's own check of tokens,
// and this file. docs/tutorials/mcp.md starts it. Settings: Issuer; Resource, which is the address of this server and
// what its tokens are for; Secret, by which it asks whether a token still stands.
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Server;

var builder = WebApplication.CreateBuilder(args);
var issuer = builder.Configuration["Issuer"] ?? "http://127.0.0.1:8400";
var resource = new Uri(builder.Configuration["Resource"] ?? "http://127.0.0.1:8401/mcp");
var secret = builder.Configuration["Secret"] ?? "a secret of this sample, for your own machine alone";

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
        options.Events = new() { OnTokenValidated = new Standing(issuer, secret).CheckAsync };
    })
    .AddMcp(options =>
        options.ResourceMetadata = new()
        {
            Resource = resource.ToString(),
            AuthorizationServers = { issuer },

            ScopesSupported = { Notes.ReadScope, Notes.WriteScope },
        }
    );
builder.Services.AddAuthorization();
builder.Services.AddHttpContextAccessor();
builder.Services.AddMcpServer().WithHttpTransport().WithTools<Notes>();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.Use((context, next) => StepUp.CheckAsync(context, resource, next));
app.MapMcp(resource.AbsolutePath).RequireAuthorization();
await app.RunAsync(resource.GetLeftPart(UriPartial.Authority));

/// <summary>Asks the service whether a token still stands (RFC 7662): a session that was ended is over now.</summary>
internal sealed class Standing(string issuer, string secret)
{
    private static readonly HttpClient Http = new();

    private readonly AuthenticationHeaderValue proof = new("Basic", Encoded("notes:" + Uri.EscapeDataString(secret)));

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public async Task CheckAsync(TokenValidatedContext context)
    {
        var token = context.Request.Headers.Authorization.ToString()["Bearer ".Length..];
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{issuer}/oauth2/introspect")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]),
            Headers = { Authorization = proof },
        };
        using var answer = await Http.SendAsync(request, context.HttpContext.RequestAborted);
        answer.EnsureSuccessStatusCode();
        using var facts = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        if (!facts.RootElement.GetProperty("active").GetBoolean())
        {
            context.Fail("The session of the token has ended.");
        }
    }
}

/// <summary>
/// A call that needs more than its token has is 403 with the scopes that it needs (RFC 6750 §3.1): the agent asks its
/// user for those, and calls again.
/// </summary>
internal static class StepUp
{
    public static async Task CheckAsync(HttpContext context, Uri resource, RequestDelegate next)
    {
        var granted = context.User.FindFirst("scope")?.Value.Split(' ') ?? [];
        string[] needed =
            await ToolOfAsync(context.Request) == Notes.WriteName
                ? [Notes.ReadScope, Notes.WriteScope]
                : [Notes.ReadScope];
        if (context.User.Identity?.IsAuthenticated is not true || !needed.Except(granted).Any())
        {
            await next(context);
            return;
        }

        var metadata = new Uri(resource, $"/.well-known/oauth-protected-resource{resource.AbsolutePath}");
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.Headers.WWWAuthenticate =
            $"Bearer error=\"insufficient_scope\", scope=\"{string.Join(' ', needed)}\", "
            + $"resource_metadata=\"{metadata}\"";
    }

    // The name of the tool that a message calls; null for any other request.
    private static async Task<string?> ToolOfAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method))
        {
            return null;
        }

        request.EnableBuffering();
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body);
            return
                body.RootElement is { ValueKind: JsonValueKind.Object } call
                && call.TryGetProperty("params", out var given)
                && given.ValueKind is JsonValueKind.Object
                && given.TryGetProperty("name", out var name)
                ? name.ToString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            request.Body.Position = 0;
        }
    }
}

/// <summary>The tools. Everybody has a note of his own.</summary>
[McpServerToolType]
internal sealed class Notes(IHttpContextAccessor accessor)
{
    public const string ReadScope = "notes.read";
    public const string WriteScope = "notes.write";
    public const string WriteName = "write_note";

    private static readonly ConcurrentDictionary<string, string> Kept = new();

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
