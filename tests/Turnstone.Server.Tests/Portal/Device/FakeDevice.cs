using System.Net;
using System.Text.Json;
using Turnstone.Grants;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Device;

/// <summary>
/// A device as RFC 8628 has it: it asks for codes, shows one, and asks for tokens until there are some.
/// </summary>
internal sealed class FakeDevice
{
    public const string Agent = "tv/7.1";

    private FakeDevice(TurnstoneServer server, string client, JsonElement codes) =>
        (Server, Client, Codes) = (server, client, codes);

    public TurnstoneServer Server { get; }

    public string Client { get; }

    public JsonElement Codes { get; }

    public string DeviceCode => Codes.GetProperty("device_code").GetString()!;

    public string UserCode => Codes.GetProperty("user_code").GetString()!;

    /// <summary>Lets both known clients use the grant, and begins.</summary>
    public static async Task<FakeDevice> BeginAsync(
        TurnstoneServer server,
        string client = Known.PublicClientId,
        string? scope = "openid individuals.read"
    )
    {
        using var answer = await AskAsync(server, client, scope);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new FakeDevice(server, client, await answer.JsonAsync());
    }

    public static async Task<TurnstoneServer> ServerAsync(
        IEnumerable<string>? settings = null,
        DateTimeOffset? start = null
    )
    {
        var server = await PortalServer.StartAsync(settings, start: start);
        foreach (var id in (string[])[Known.PublicClientId, Known.ClientId])
        {
            await ConsentTests.ChangeAsync(
                server,
                client => client with { GrantTypes = [.. client.GrantTypes, DeviceCodeGrant.TypeName] },
                id
            );
        }

        return server;
    }

    public static Task<HttpResponseMessage> AskAsync(TurnstoneServer server, string client, string? scope = null) =>
        PostAsync(
            server,
            "/oauth2/device_authorization",
            [.. Proof(client), .. scope is null ? [] : new[] { ("scope", scope) }]
        );

    public Task<HttpResponseMessage> PollAsync(
        string? key = null,
        TurnstoneServer? node = null,
        string? client = null
    ) =>
        PostAsync(
            node ?? Server,
            "/oauth2/token",
            [("grant_type", DeviceCodeGrant.TypeName), ("device_code", DeviceCode), .. Proof(client ?? Client)],
            key
        );

    /// <summary>The error of a poll, and nothing else of it.</summary>
    public async Task<string?> ErrorAsync(string? client = null)
    {
        using var answer = await PollAsync(client: client);
        return (await answer.JsonAsync()).TryGetProperty("error", out var error) ? error.GetString() : null;
    }

    /// <summary>The person types the code and answers.</summary>
    public async Task<string> AnswerAsync(Visitor visitor, string decision, string? typed = null)
    {
        using var answer = await visitor.SendAsync(
            "/portal/device",
            form: null,
            ("Code", typed ?? UserCode),
            ("decision", decision)
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.TextAsync();
    }

    private static (string Name, string Value)[] Proof(string client) =>
        client == Known.ClientId
            ? [("client_id", client), ("client_secret", Known.ClientSecret)]
            : [("client_id", client)];

    private static Task<HttpResponseMessage> PostAsync(
        TurnstoneServer server,
        string path,
        (string Name, string Value)[] form,
        string? key = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
