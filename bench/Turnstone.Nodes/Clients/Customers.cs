using System.Text.Json;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Nodes.Clients;

/// <summary>
/// The one account and the one client that all chains belong to, with their secrets, as a provisioning file makes them.
/// </summary>
internal sealed record Customers(string MasterKey)
{
    public const string Email = "ada@example.test";
    public const string Password = "a password for the scenarios";
    public const string ClientId = "shop";
    public const string RedirectUri = "http://127.0.0.1:8500/callback";

    private static readonly string[] OwnScopes = ["openid", "offline_access", "individuals.read"];
    private static readonly string[] KeyScopes = ["individuals.read"];
    private static readonly string[] GrantTypes = ["authorization_code", "refresh_token", "client_credentials"];
    private static readonly string[] TokenTypes = ["user", "company"];

    /// <summary>Exactly 32 characters.</summary>
    public string SubscriptionKey { get; init; } = "0123456789abcdef0123456789abcdef";

    public string ApiKey { get; init; } = "an API key for the scenarios";

    public string ClientSecret { get; init; } = "a client secret for the scenarios";

    public async Task<string> WriteAsync(string folder)
    {
        var file = Path.Combine(folder, "provision.json");
        var text = JsonSerializer.Serialize(
            new
            {
                products = new[]
                {
                    new
                    {
                        name = "starter",
                        approvalRequired = false,
                        scopes = KeyScopes,
                    },
                },
                accounts = new[]
                {
                    new
                    {
                        email = Email,
                        password = Password,
                        subscriptions = new[]
                        {
                            new
                            {
                                product = "starter",
                                state = "active",
                                primaryKey = SubscriptionKey,
                            },
                        },
                        apiKeys = new[]
                        {
                            new
                            {
                                name = "chains",
                                key = ApiKey,
                                scopes = KeyScopes,
                            },
                        },
                    },
                },
                clients = new[]
                {
                    new
                    {
                        clientId = ClientId,
                        clientSecret = ClientSecret,
                        name = "Shop",
                        redirectUris = new[] { RedirectUri },
                        grantTypes = GrantTypes,
                        scopes = OwnScopes,
                        tokenTypes = TokenTypes,
                        earlyRefresh = "allow",
                    },
                },
            }
        );
        await File.WriteAllTextAsync(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <summary>One-time codes as the portal mints them after a sign-in, without a browser.</summary>
    public async Task<IReadOnlyList<string>> CodesAsync(string database, string family, string? clientId, int count)
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = database },
            TimeProvider.System,
            RandomSource.System
        );
        var codes = new OneTimeCodes(
            store.Codes,
            new MasterKeyRing(new MasterKey(Convert.FromBase64String(MasterKey))),
            RandomSource.System,
            TimeProvider.System
        );
        EmailAddress.TryNormalize(Email, out var email);
        var account =
            await store.Accounts.FindByEmailAsync(email!, CancellationToken.None)
            ?? throw new InvalidOperationException("The account was not provisioned.");
        var order = new CodeOrder
        {
            Contract = family,
            Account = account,
            ClientId = clientId,
            RedirectUri = clientId is null ? null : RedirectUri,
            Scopes = clientId is null ? Scopes.None : Scopes.Of(OwnScopes),
        };
        List<string> minted = [];
        for (var i = 0; i < count; i++)
        {
            minted.Add(await codes.MintAsync(order, TimeSpan.FromMinutes(1), Caller.Operator, CancellationToken.None));
        }

        return minted;
    }
}
