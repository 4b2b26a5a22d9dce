using System.Security.Cryptography;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests.Directory;

public abstract class ClientStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_client_is_found_as_it_was_saved()
    {
        var owner = await GivenAccountAsync();
        var client = await GivenClientAsync() with
        {
            Name = "Shop \"2\"",
            OwnerId = owner.Id,
            Public = true,
            RedirectUris = ["http://127.0.0.1:8500/callback", "https://shop.example.test/?a=b\nc"],
            PostLogoutRedirectUris = ["https://shop.example.test/after"],
            BackchannelLogoutUri = "https://shop.example.test/logout",
            BackchannelLogoutSession = true,
            GrantTypes = ["authorization_code", "refresh_token"],
            Scopes = Scopes.Of(["openid", "individuals.read"]),
            TokenTypes = ["user"],
            AccessLifetime = TimeSpan.FromMinutes(5),
            RefreshLifetime = TimeSpan.FromDays(60),
            AbsoluteLifetime = TimeSpan.FromDays(365),
            RetryWindow = TimeSpan.Zero,
            Early = EarlyRefresh.Current,
            Algorithm = SigningAlgorithm.RS256,
            Method = ClientMethod.PrivateKeyJwt,
            Keys = AnyKeys(),
            KeysUri = "https://shop.example.test/jwks.json",
            MayIntrospect = true,
            MustPush = true,
            PredatesPkce = true,
            Origins = ["https://shop.example.test"],
            Pairwise = true,
            SectorHost = "example.test",
            DpopBound = true,
            KeepsRefreshTokens = true,
            Profile = ClientProfile.Fapi2,
        };
        await Store.Clients.SaveAsync(client, Entry(AuditEvent.ClientChanged), Cancel);

        Assert.Equivalent(
            client with
            {
                Revision = 2,
                Epoch = 1,
            },
            await Store.Clients.FindAsync(client.Id, Cancel),
            strict: true
        );
        Assert.Equal(client.Id, Assert.Single(await Store.Clients.ListAsync(owner.Id, Cancel)).Id);
        Assert.Contains(await Store.Clients.ListAsync(null, Cancel), listed => listed.Id == client.Id);
        Assert.Null(await Store.Clients.FindAsync("nobody", Cancel));
    }

    [Fact]
    public async Task A_client_that_loses_a_key_or_changes_its_way_has_its_epoch_raised()
    {
        var client = await GivenClientAsync();
        client = await SavedAsync(client with { Method = ClientMethod.PrivateKeyJwt, Keys = AnyKeys() });
        var before = client.Epoch;

        client = await SavedAsync(client with { Name = "The same keys" });
        Assert.Equal(before, client.Epoch);
        client = await SavedAsync(client with { Keys = AnyKeys() });
        Assert.Equal(before + 1, client.Epoch);
        client = await SavedAsync(client with { Method = null, Keys = null });
        Assert.Equal(before + 2, client.Epoch);
    }

    private async Task<Client> SavedAsync(Client client)
    {
        Assert.True((await Store.Clients.SaveAsync(client, Entry(), Cancel)).IsCommitted);
        return (await Store.Clients.FindAsync(client.Id, Cancel))!;
    }

    private static VerificationKeys AnyKeys()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64UrlText.Encode(point.X), Base64UrlText.Encode(point.Y));
        var text = $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"{{x}}","y":"{{y}}"}]}""";
        Assert.True(VerificationKeys.TryRead(text, out var keys, out var problem), problem);
        return keys;
    }

    [Fact]
    public async Task A_client_that_loses_a_secret_keeps_its_sessions_and_one_that_is_disabled_does_not()
    {
        var client = await GivenClientAsync();
        var session = await GivenSessionAsync(client: client.Id);
        await Store.Clients.SaveAsync(
            client with
            {
                Secrets = [.. client.Secrets, new ClientSecret(NewHash(), "new", Time.Now)],
            },
            Entry(),
            Cancel
        );
        client = (await Store.Clients.FindAsync(client.Id, Cancel))!;
        Assert.Equal(0, client.Epoch);

        await Store.Clients.SaveAsync(client with { Secrets = [] }, Entry(), Cancel);
        Assert.Equal(1, (await Store.Clients.FindAsync(client.Id, Cancel))!.Epoch);
        Assert.Null((await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedAt);

        Assert.Equal(ReceiptKind.Conflict, (await Store.Clients.SaveAsync(client, Entry(), Cancel)).Kind);
        client = (await Store.Clients.FindAsync(client.Id, Cancel))!;
        await Store.Clients.SaveAsync(client with { DisabledAt = Time.Now }, Entry(), Cancel);
        Assert.Equal(2, (await Store.Clients.FindAsync(client.Id, Cancel))!.Epoch);
        Assert.Equal(RevocationReason.ClientDisabled, (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor);
    }

    [Fact]
    public async Task Of_two_who_change_a_client_as_they_both_saw_it_the_second_is_refused()
    {
        var seen = await GivenClientAsync();
        await Store.Clients.SaveAsync(seen with { Name = "First" }, Entry(), Cancel);

        foreach (var stale in (Client[])[seen with { Name = "Second" }, seen with { Revision = 0 }])
        {
            Assert.Equal(ReceiptKind.Conflict, (await Store.Clients.SaveAsync(stale, Entry(), Cancel)).Kind);
        }

        Assert.Equal("First", (await Store.Clients.FindAsync(seen.Id, Cancel))?.Name);
    }
}

public sealed class Client_store_on_SQLite(SqliteDatabase database)
    : ClientStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Client_store_on_PostgreSQL(PostgresDatabase database)
    : ClientStoreTests(database),
        IClassFixture<PostgresDatabase>;
