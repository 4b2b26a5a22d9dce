using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Mail;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Server.Tests.Portal.SignIn;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Portal.Profile;

/// <summary>An account is erased by its owner, or by an administrator.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Path = "/portal/profile/security/erase";

    private readonly PostgresServer postgres = new();
    private string? database;

    private const string Shop = "Shop of Ada Lovelace";
    private const string Agent = "AdasPhone/7";

    private static readonly string[] WithoutPerson = ["erased", "operator"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_owner_erases_his_account_and_can_sign_up_again(bool onPostgres)
    {
        await using var server = await StartAsync(onPostgres);
        using var ada = await Visitor.SignedInAsync(server);
        using var login = await server.Http.LoginV3Async(Known.ApiKey);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        await server.SendAsync(Known.Email);
        await server.SendAsync(Known.OtherEmail);
        using var changed = await ada.SendAsync(
            "/portal/profile/security/email",
            null,
            ("NewEmail", "new@example.test"),
            ("CurrentPassword", Known.Password)
        );
        Assert.Contains("new@example.test", await WaitingAsync(server));
        var id = (await Known.AccountAsync(server.Services))!.Id;
        var client = await WithKeysOfAsync(server, id, Known.Email);
        var application = await server.GivenApplicationAsync(Shop);
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(server, application));
        using var phone = await PhoneLoginAsync(server);
        Assert.Contains(Agent, await StoredRows.ReadAsync(Database(server)), StringComparison.Ordinal);
        await LinkAsync(server, id);
        await TrustedProgram.TrustAsync(server, TrustedProgram.Rule(key: null, client));

        using var wrong = await ada.SendAsync(Path, null, ("CurrentPassword", "not the password"));
        Assert.NotNull(await Known.AccountAsync(server.Services));

        // The record of what came before is older than the erasure.
        server.Time.Advance(TimeSpan.FromSeconds(1));
        using var erased = await ada.SendAsync(Path, null, ("CurrentPassword", Known.Password));

        Assert.Equal(HttpStatusCode.Redirect, erased.StatusCode);
        Assert.False(await ada.IsInAsync());
        Assert.Null(await Known.AccountAsync(server.Services));
        Assert.Equal([Known.OtherEmail], await WaitingAsync(server));
        using var refused = await server.Http.LoginV3Async(Known.ApiKey);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        // Where no subscription is asked for either.
        using var refresh = await server.Http.RefreshV1Async(await phone.RefreshOfSetAsync());
        Assert.Equal("session_revoked", Assert.Single(refresh.Headers.GetValues("Error-Code")));
        Assert.Equal(HttpStatusCode.Unauthorized, await TokenAsync(server, application));
        await AssertScrubbedAsync(server, id);
        await AssertNowhereAsync(server, Known.Email, "new@example.test", Shop, Agent);
        Assert.Null((await server.Services.GetRequiredService<IClientStore>().FindAsync(client, Cancel))!.Keys);
        var providers = server.Services.GetRequiredService<IIdentityProviderStore>();
        Assert.Null(await providers.PersonAsync("https://idp.example.test", "ada", Cancel));
        Assert.Empty(await server.Services.GetRequiredService<ITrustStore>().ListAsync(client, Cancel));

        using var signedUp = await ada.SignUpAsync(Known.Email);
        Assert.NotEqual(id, (await Known.AccountAsync(server.Services))!.Id);
    }

    private static async Task LinkAsync(TurnstoneServer server, Guid account) =>
        Assert.True(
            (
                await server
                    .Services.GetRequiredService<IIdentityProviderStore>()
                    .LinkAsync(
                        "https://idp.example.test",
                        "ada",
                        account,
                        new AuditEntry
                        {
                            Event = AuditEvent.AccountChanged,
                            At = server.Time.GetUtcNow(),
                            Caller = Caller.Operator,
                            AccountId = account,
                            Detail = "known to https://idp.example.test",
                        },
                        Cancel
                    )
            ).IsCommitted
        );

    [Fact]
    public async Task An_administrator_erases_an_account_for_a_reason_that_stays()
    {
        await using var server = await StartAsync(onPostgres: false);
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var ada = await Visitor.SignedInAsync(server);
        var page = await server.PageOfAsync(Known.OtherEmail);
        var id = (await server.AccountAsync(Known.OtherEmail)).Id;
        server.Time.Advance(TimeSpan.FromSeconds(1));

        using var erased = await ada.SendAsync(
            page,
            $"{page}?handler=Erase",
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );

        Assert.Equal(HttpStatusCode.Redirect, erased.StatusCode);
        Assert.False(await grace.IsInAsync());
        await server.AssertRecordedAsync(AuditEvent.AccountChanged);
        await AssertScrubbedAsync(server, id);
        var shown = await ada.PageAsync(page);
        Assert.Contains("Erased account", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Known.OtherEmail, shown, StringComparison.Ordinal);
        using var enabled = await ada.SendAsync(page, $"{page}?handler=Enable", ("Reason", "mistake"));
        Assert.NotNull((await FindAsync(server, id))!.DisabledAt);
        var list = await ada.PageAsync("/portal/admin/accounts?Email=erased");
        Assert.DoesNotContain(id.ToString(), list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_administrator_is_not_erased()
    {
        await using var server = await StartAsync(onPostgres: false);
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var ada = await Visitor.SignedInAsync(server);

        using var refused = await ada.SendAsync(Path, null, ("CurrentPassword", Known.Password));

        Assert.Contains("only administrator", await refused.TextAsync(), StringComparison.Ordinal);
        Assert.NotNull(await Known.AccountAsync(server.Services));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await postgres.DropDatabaseAsync(database);
        }

        await postgres.DisposeAsync();
    }

    /// <summary>An application with a key whose name says whose it is.</summary>
    private static async Task<string> WithKeysOfAsync(TurnstoneServer server, Guid owner, string name)
    {
        using var key = ClientKey.Ec(name);
        Assert.True(VerificationKeys.TryRead(ClientKey.Set(key), out var keys, out _));
        var client = (await server.GivenApplicationAsync()).Client.Id;
        var applications = server.Services.GetRequiredService<OwnApplications>();
        Assert.NotNull(await applications.SetKeysAsync(owner, client, keys, keysUri: null, Caller.Operator, Cancel));
        return client;
    }

    // Its mail server is away, so that letters wait.
    private async Task<TurnstoneServer> StartAsync(bool onPostgres)
    {
        database = onPostgres ? await postgres.CreateDatabaseAsync() : null;
        return database is null
            ? await MailServer.StartAwayAsync()
            : await PortalServer.StartAsync(
                [
                    .. MailServer.Settings(port: 1),
                    $"ConnectionStrings:Turnstone={database}",
                    $"Turnstone:MasterKey={Convert.ToBase64String(RandomSource.System.Bytes(32))}",
                ],
                services => services.AddSingleton<Turnstone.Server.Hosting.IPreparationStep, Known>()
            );
    }

    private string Database(TurnstoneServer server) => database ?? server.Database;

    private static async Task<HttpStatusCode> TokenAsync(TurnstoneServer server, MintedClient application)
    {
        using var answer = await server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", application.Client.Id),
            ("client_secret", application.Secret!)
        );
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> PhoneLoginAsync(TurnstoneServer server)
    {
        var login = await server.Http.SendJsonAsync(
            "/auth/v2/login",
            new { username = Known.Email, password = Known.Password },
            ("Subscription-Key", Known.SubscriptionKey),
            ("User-Agent", Agent)
        );
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        return login;
    }

    /// <summary>In no row of any table, and with the embedded database in no free page of its files.</summary>
    private async Task AssertNowhereAsync(TurnstoneServer server, params string[] person)
    {
        var rows = await StoredRows.ReadAsync(Database(server));
        Assert.All(person, text => Assert.DoesNotContain(text, rows, StringComparison.OrdinalIgnoreCase));
        if (database is null)
        {
            await using var connection = new SqliteConnection($"{server.Database};Pooling=False");
            await connection.OpenAsync(Cancel);
            await using var empty = new SqliteCommand("PRAGMA wal_checkpoint(TRUNCATE)", connection);
            await empty.ExecuteNonQueryAsync(Cancel);
            var files = await server.StoredAsync();
            Assert.All(person, text => Assert.DoesNotContain(text, files, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static Task<Account?> FindAsync(TurnstoneServer server, Guid id) =>
        server.Services.GetRequiredService<IAccountStore>().FindAsync(id, Cancel);

    private static async Task<List<string>> WaitingAsync(TurnstoneServer server) =>
        [
            .. (await server.Letters().ListAsync(Cancel)).Select(letter =>
                server
                    .Services.GetRequiredService<Turnstone.Server.Mail.LetterSeal>()
                    .Open(letter.Id, letter.Sealed)!
                    .Value.Letter.To
            ),
        ];

    private static async Task AssertScrubbedAsync(TurnstoneServer server, Guid id)
    {
        var account = (await FindAsync(server, id))!;
        Assert.Equal(("", null, false), (account.Email, account.PasswordHash, account.EmailConfirmed));
        Assert.Empty(account.KnownNetworks);
        var entries = await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { AccountId = id }, Cancel);
        Assert.Contains(entries, entry => entry.Event == AuditEvent.Login);
        foreach (var entry in entries.Where(entry => entry.Caller.ActorId is null))
        {
            Assert.Contains(entry.Caller.Network, WithoutPerson);
            Assert.Null(entry.Caller.UserAgent);
        }
    }
}
