using System.Net;
using System.Text;
using System.Text.Json;
using Turnstone.Directory;
using Turnstone.Server.Contracts.AuthV1;
using Turnstone.Server.Contracts.AuthV2;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>A server with both contracts of the family "auth", and the calls that their tests make.</summary>
public sealed class AuthServer : IAsyncLifetime
{
    public static readonly Succession Succession = new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2032, 1, 1, 0, 0, 0, TimeSpan.Zero),
        "https://id.example.test/docs/auth-v2"
    );

    /// <summary>What a server names that is put together by its settings.</summary>
    public static string PublishedSuccessor { get; } =
        ReferenceLink.To("https://id.example.test", AuthV2Contract.Descriptor);

    /// <summary>What the server under test names.</summary>
    public static string? Successor => SmallNode.IsAsked ? PublishedSuccessor : Succession.Successor;

    private static readonly string[] SuccessionSettings =
    [
        $"Turnstone:Contracts:AuthV1:Deprecated={Succession.Deprecated:O}",
        $"Turnstone:Contracts:AuthV1:Sunset={Succession.Sunset:O}",
    ];

    private TurnstoneServer? server;

    public TurnstoneServer Server => server!;

    public static Terms Terms => TurnstoneServer.Contracts.TermsOf(AuthV2Contract.Descriptor);

    /// <summary>A server of a test's own, for what would disturb its neighbours.</summary>
    public static async Task<AuthServer> StartAsync(Terms? terms = null, params string[] settings) =>
        new()
        {
            server =
                SmallNode.IsAsked && terms is null
                    ? await TurnstoneServer.StartAsync(AllContracts.MapAll, [.. SuccessionSettings, .. settings])
                    : await TurnstoneServer.StartAsync(
                        endpoints =>
                        {
                            AuthV1Contract.Map(endpoints, terms ?? Terms, Succession);
                            AuthV2Contract.Map(endpoints, terms ?? Terms);
                        },
                        settings
                    ),
        };

    public async ValueTask InitializeAsync() => server = (await StartAsync()).server;

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>A call of v2 with the known subscription key; a body that is not null is JSON.</summary>
    public Task<HttpResponseMessage> V2Async(
        string path,
        string? json = null,
        params (string Name, string Value)[] headers
    ) =>
        SendAsync(HttpMethod.Post, $"/auth/v2/{path}", json, [("Subscription-Key", Known.SubscriptionKey), .. headers]);

    public Task<HttpResponseMessage> V1Async(
        HttpMethod method,
        string path,
        string? json = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(method, $"/auth/v1/{path}", json, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? json,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static string LoginBody(string email = Known.Email, string password = Known.Password) =>
        JsonSerializer.Serialize(new { username = email, password });

    public static string TokenBody(string token, string name = "token") =>
        JsonSerializer.Serialize(new Dictionary<string, string> { [name] = token });

    public async Task<Pair> LoginAsync() =>
        await PairAsync(await V2Async("login", LoginBody()), HttpStatusCode.Created);

    public static async Task<Pair> PairAsync(
        HttpResponseMessage response,
        HttpStatusCode expected = HttpStatusCode.Created
    )
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, body);
        using var json = JsonDocument.Parse(body);
        return new Pair(
            json.RootElement.GetProperty("authorization").GetProperty("token").GetString()!,
            json.RootElement.GetProperty("refresh").GetProperty("token").GetString()!
        );
    }

    public static async Task AssertStatusAsync(HttpStatusCode expected, Task<HttpResponseMessage> call)
    {
        using var response = await call;
        Assert.Equal(expected, response.StatusCode);
    }
}

/// <summary>The two tokens of a token set.</summary>
public sealed record Pair(string Access, string Refresh);
