using System.Net;
using System.Text;
using Turnstone.Bench.Load;
using Turnstone.Bench.Subjects;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Bench.Work;

/// <summary>One line of the table: callers over their connections, and whose use of the machine counts.</summary>
internal sealed record Case(string Work, string Subject, IReadOnlyList<(ICaller Caller, Wire Wire)> Callers)
{
    public IReadOnlyCollection<int> Processes { get; init; } = [];

    public IReadOnlyCollection<string> Probes { get; init; } = [];

    public bool Postgres { get; init; }

    /// <summary>Makes beforehand what a round of this length sends.</summary>
    public Func<TimeSpan, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    public string Name => $"{Work} · {Subject}";
}

/// <summary>What customers' programs do, for each of the things that are measured.</summary>
internal static class Cases
{
    public const string Floor = "floor";
    public const string Unsigned = "floor without the signature";
    public const string FloorRs256 = "floor that signs RS256";
    public const string RefreshV2 = "refresh /auth/v2";
    public const string RefreshV2Rs256 = "refresh /auth/v2, RS256";
    public const string RefreshV3 = "refresh /v3/auth";
    public const string RefreshOAuthV1 = "refresh /v1/oauth";
    public const string Login = "API-key login /v3/auth";
    public const string Program = "client credentials";
    public const string SeenBefore = "validate, seen before";
    public const string ManyTokens = "validate, 100,000 tokens";
    public const string GuardToken = "forward-auth, token seen before";
    public const string GuardKey = "forward-auth, API key";
    public const string Introspection = "introspection, token seen before";
    public const string Exchange = "token exchange";
    public const string Password = "password login /auth/v2";

    public static readonly string[] Works =
    [
        RefreshV2,
        RefreshV3,
        RefreshOAuthV1,
        Login,
        Program,
        SeenBefore,
        ManyTokens,
        GuardToken,
        GuardKey,
        Introspection,
        Exchange,
        .. OAuth2Cases.Works,
        Password,
    ];

    private const string Subscription = $"Subscription-Key: {Customers.SubscriptionKey}";
    private const string Json = "{\"token\":\"" + Request.Place + "\"}";

    private static readonly Request V3 = Request.Json(
        "/v3/auth/refresh",
        "{\"refresh_token\":\"" + Request.Place + "\"}"
    );

    private static readonly byte[] Nothing = [];

    /// <summary>The floor that does as much of a signature.</summary>
    public static string FloorOf(string work) =>
        work switch
        {
            SeenBefore or ManyTokens or GuardToken or GuardKey or Introspection => Unsigned,
            RefreshV2Rs256 => FloorRs256,
            _ => Floor,
        };

    public static Case OfFloor(DotnetServer floor, int connections, string work)
    {
        var token = Encoding.ASCII.GetBytes("tsr_" + new string('A', 62));
        var request = Request.Json(
            work switch
            {
                Unsigned => "/unsigned",
                FloorRs256 => "/rs256",
                _ => "/auth/v2/refresh",
            },
            Json,
            Subscription
        );
        return new Case(
            work,
            "bare Kestrel",
            Connected(
                [floor.Address],
                connections,
                _ => new Repeating(request, [token], 0, 201, "\"refresh\":{\"token\":\"tsr_")
            )
        )
        {
            Processes = [floor.Id],
            Probes = [floor.ProbePath],
        };
    }

    public static async Task<Case> RefreshV2Async(TurnstoneServers servers, int connections) =>
        Chains(
            RefreshV2,
            servers,
            await servers.OpenSessionsAsync(connections, "auth", GrantKind.Password),
            Request.Json("/auth/v2/refresh", Json, Subscription),
            201,
            "\"authorization\":{\"token\":\"",
            "\"refresh\":{\"token\":\""
        );

    public static async Task<Case> RefreshV3Async(TurnstoneServers servers, int connections) =>
        Chains(
            RefreshV3,
            servers,
            await servers.OpenSessionsAsync(connections, "session-v3", GrantKind.ApiKey),
            V3,
            200,
            "\"access_token\":\"",
            "\"refresh_token\":\""
        );

    /// <summary>The chain of one session of /v3/auth.</summary>
    public static ICaller ChainV3(string token) =>
        new RefreshChain(V3, token, 200, "\"access_token\":\"", "\"refresh_token\":\"");

    public static async Task<Case> RefreshOAuthV1Async(TurnstoneServers servers, int connections) =>
        Chains(
            RefreshOAuthV1,
            servers,
            await servers.OpenSessionsAsync(connections, "oauth-v1:user", GrantKind.Code, Customers.ClientId),
            Request.Form(
                "/v1/oauth/token/user",
                $"grant_type=refresh_token&client_id={Customers.ClientId}"
                    + $"&client_secret={WebUtility.UrlEncode(Customers.ClientSecret)}&refresh_token={Request.Place}"
            ),
            200,
            "\"access_token\":\"",
            "\"refresh_token\":\""
        );

    public static Case ApiKeyLogin(TurnstoneServers servers, int connections, int keyCount)
    {
        byte[][] keys =
        [
            .. Enumerable.Range(0, keyCount).Select(key => Encoding.ASCII.GetBytes(Customers.ApiKey(key))),
        ];
        var request = Request.Json("/v3/auth/login", "{\"api_key\":\"" + Request.Place + "\"}");
        return Of(
            Login,
            servers,
            connections,
            i => new Repeating(request, keys, i * (keys.Length / connections), 200, "\"refresh_token\":\"tsr_")
        );
    }

    public static Case ClientCredentials(TurnstoneServers servers, int connections)
    {
        var request = Request.Form("/oauth2/token", "grant_type=client_credentials", Basic());
        return Of(
            Program,
            servers,
            connections,
            _ => new Repeating(request, [Nothing], 0, 200, "\"access_token\":\"ey")
        );
    }

    public static Case Validate(TurnstoneServers servers, int connections, string name, IReadOnlyList<byte[]> tokens)
    {
        var request = Request.Empty(
            "POST",
            "/auth/v2/validate",
            Subscription,
            $"Authorization: Bearer {Request.Place}"
        );
        return Of(
            name,
            servers,
            connections,
            i => new Repeating(request, tokens, i * (tokens.Count / connections), 200, "\"ok\"")
        );
    }

    /// <summary>What a proxy asks for a client's request.</summary>
    public static Case Guard(
        TurnstoneServers servers,
        int connections,
        string name,
        string header,
        IReadOnlyList<byte[]> credentials
    )
    {
        var request = Request.Empty("GET", "/forward-auth", $"{header}{Request.Place}");
        return Of(name, servers, connections, i => new Repeating(request, credentials, i, 200, ""));
    }

    /// <summary>What an API asks about a token.</summary>
    public static Case Introspect(TurnstoneServers servers, int connections, IReadOnlyList<byte[]> tokens)
    {
        var request = Request.Form("/oauth2/introspect", $"token={Request.Place}", Basic());
        return Of(Introspection, servers, connections, i => new Repeating(request, tokens, i, 200, "\"active\":true"));
    }

    /// <summary>A token of somebody's for one of the client that asks.</summary>
    public static Case ExchangeToken(TurnstoneServers servers, int connections, IReadOnlyList<byte[]> tokens)
    {
        const string Type = "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token";
        var request = Request.Form(
            "/oauth2/token",
            $"grant_type={WebUtility.UrlEncode(TokenExchangeGrant.TypeName)}"
                + $"&subject_token_type={Type}&subject_token={Request.Place}",
            Basic()
        );
        return Of(Exchange, servers, connections, i => new Repeating(request, tokens, i, 200, "\"access_token\":\"ey"));
    }

    public static Case PasswordLogin(TurnstoneServers servers, int connections)
    {
        byte[][] emails = [Encoding.ASCII.GetBytes(Customers.Email(0))];
        var request = Request.Json(
            "/auth/v2/login",
            "{\"username\":\"" + Request.Place + "\",\"password\":\"" + Customers.Password + "\"}",
            Subscription
        );
        return Of(
            Password,
            servers,
            connections,
            i => new Repeating(request, emails, i, 201, "\"refresh\":{\"token\":\"tsr_")
        );
    }

    private static string Basic()
    {
        var text = $"{Customers.ClientId}:{WebUtility.UrlEncode(Customers.ClientSecret)}";
        return $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(text))}";
    }

    public static IReadOnlyList<(ICaller Caller, Wire Wire)> Connected(
        IReadOnlyList<IPEndPoint> servers,
        int connections,
        Func<int, ICaller> caller
    ) => [.. Enumerable.Range(0, connections).Select(i => (caller(i), new Wire(servers[i % servers.Count])))];

    private static Case Chains(
        string work,
        TurnstoneServers servers,
        IReadOnlyList<string> tokens,
        Request request,
        int status,
        string access,
        string next
    ) => Of(work, servers, tokens.Count, i => new RefreshChain(request, tokens[i], status, access, next));

    internal static Case Of(string work, TurnstoneServers servers, int connections, Func<int, ICaller> caller) =>
        new(work, "", Connected([.. servers.Nodes.Select(node => node.Address)], connections, caller))
        {
            Processes = [.. servers.Nodes.Select(node => node.Id)],
            Probes = Layout.Node is null ? [.. servers.Nodes.Select(node => node.ProbePath)] : [],
        };
}
