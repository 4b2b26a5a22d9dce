using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Portal;

/// <summary>
/// What a customer has before a test of a page begins: an application of its own, sessions, consents.
/// </summary>
internal static class Given
{
    public const string Callback = "https://shop.example.test/callback";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static T Of<T>(this TurnstoneServer server)
        where T : notnull => server.Services.GetRequiredService<T>();

    public static async Task<Guid> IdAsync(this TurnstoneServer server, string email = Known.Email) =>
        (await Known.AccountAsync(server.Services, email))!.Id;

    /// <summary>An application with its secret.</summary>
    public static async Task<MintedClient> GivenApplicationAsync(
        this TurnstoneServer server,
        string name = "Web shop",
        string email = Known.Email,
        bool isPublic = false,
        params string[] grants
    )
    {
        var draft = new ApplicationDraft
        {
            Name = name,
            RedirectUris = [Callback],
            GrantTypes =
                grants.Length > 0 ? grants
                : isPublic ? ["authorization_code", "refresh_token"]
                : ["authorization_code", "refresh_token", "client_credentials"],
            Scopes = ["openid", "individuals.read"],
        };
        var made = await server
            .Of<OwnApplications>()
            .CreateAsync(await server.IdAsync(email), isPublic, draft, new Caller("127.0.0.1"), Cancel);
        Assert.Empty(made.Problems);
        return made.Made!;
    }

    public static async Task<Session> GivenSessionAsync(
        this TurnstoneServer server,
        string email = Known.Email,
        string? client = null,
        Guid? apiKey = null,
        string contract = "auth",
        string agent = "curl/8.5.0",
        uint generation = 0,
        string? grant = null
    )
    {
        var now = server.Time.Now;
        var account = await server.IdAsync(email);
        var session = new Session
        {
            Id = SessionId.New(RandomSource.System, now),
            Contract = contract,
            Grant =
                grant
                ?? (
                    apiKey is not null ? GrantKind.ApiKey
                    : client is not null ? GrantKind.Code
                    : GrantKind.Password
                ),
            Subject = account.ToString(),
            AccountId = grant is GrantKind.ClientCredentials ? null : account,
            ClientId = client,
            ApiKeyId = apiKey,
            Scopes = Scopes.Of(["individuals.read"]),
            Refreshable = grant is not GrantKind.ClientCredentials,
            Generation = generation,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = now.AddHours(1),
            LongestAccess = TimeSpan.FromHours(1),
            RefreshExpiresAt = now.AddDays(14),
            LastUsedAt = now,
            OpenedBy = new Caller("203.0.113.7", agent),
        };
        var entry = new Turnstone.Model.AuditEntry
        {
            Event = Turnstone.Model.AuditEvent.Login,
            At = now,
            Caller = session.OpenedBy,
            AccountId = session.AccountId,
            ClientId = client,
            SessionId = session.Id,
            Contract = contract,
            Detail = session.Grant.ToString(),
        };
        Assert.True(
            (await server.Of<ISessionStore>().OpenAsync(session, new Preconditions(), entry, Cancel)).IsCommitted
        );
        return session;
    }

    public static async Task GivenConsentAsync(
        this TurnstoneServer server,
        string client,
        string email = Known.Email,
        params string[] scopes
    )
    {
        var account = await server.IdAsync(email);
        var entry = new Turnstone.Model.AuditEntry
        {
            Event = Turnstone.Model.AuditEvent.ConsentGiven,
            At = server.Time.Now,
            Caller = new Caller("203.0.113.7"),
            AccountId = account,
            ClientId = client,
        };
        await server
            .Of<IConsentStore>()
            .GiveAsync(
                new Consent(account, client, "oauth2", Scopes.Of(scopes), server.Time.Now),
                Scopes.None,
                entry,
                Cancel
            );
    }

    public static async Task<bool> LivesAsync(this TurnstoneServer server, Session session) =>
        (await server.Of<ISessionStore>().FindAsync(session.Id, Cancel))!.IsLive(server.Time.Now);

    /// <summary>Whether this node refuses the session's access tokens.</summary>
    public static bool Refuses(this TurnstoneServer server, Session session) =>
        server.Of<RevokedSessions>().Contains(session.Id, session.Holders, session.OpenedAfter, token: null);

    public static Task<string> TextAsync(this HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(Cancel);
}
