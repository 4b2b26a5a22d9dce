using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;
using Turnstone.Credentials;
using Turnstone.Model;
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
    public static readonly IReadOnlyList<string> KeyScopes = ["individuals.read"];
    private static readonly string[] GrantTypes = ["authorization_code", "refresh_token", "client_credentials"];
    private static readonly string[] TokenTypes = ["user", "company"];

    /// <summary>Exactly 32 characters.</summary>
    public string SubscriptionKey { get; init; } = "0123456789abcdef0123456789abcdef";

    public string ApiKey { get; init; } = "an API key for the scenarios";

    /// <summary>
    /// Null for none: the release before does not know scopes of products, and would not start with them.
    /// </summary>
    public IReadOnlyList<string>? ProductScopes { get; init; }

    public string ClientSecret { get; init; } = "a client secret for the scenarios";

    public async Task<string> WriteAsync(string folder)
    {
        var file = Path.Combine(folder, "provision.json");
        var text = JsonSerializer.Serialize(
            new
            {
                products = new object[]
                {
                    ProductScopes is { } scopes
                        ? new
                        {
                            name = "starter",
                            approvalRequired = false,
                            scopes,
                        }
                        : new { name = "starter", approvalRequired = false },
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

    /// <summary>
    /// One-time codes as the portal mints them after a sign-in, without a browser. The store may be one of an older
    /// release: these columns have been there since the first.
    /// </summary>
    public async Task<IReadOnlyList<string>> CodesAsync(string database, string family, string? clientId, int count)
    {
        var keys = new MasterKeyRing(new MasterKey(Convert.FromBase64String(MasterKey)));
        var ends = TimeProvider.System.GetUtcNow().AddMinutes(1) - DateTimeOffset.UnixEpoch;
        await using var connection = await ConnectAsync(database);
        List<string> minted = [];
        for (var i = 0; i < count; i++)
        {
            var text = CodeText.Mint(RandomSource.System);
            await using var command = connection.CreateCommand();
            command.CommandText =
                "INSERT INTO codes (hash, contract, account_id, account_epoch, client_id, redirect_uri, scopes, "
                + "expires_at) SELECT @hash, @contract, id, epoch, @client, @uri, @scopes, @ends FROM accounts "
                + "WHERE email = @email";
            Add(command, "hash", keys.Hash(CredentialPurpose.OneTimeCode, text));
            Add(command, "contract", family);
            Add(command, "client", (object?)clientId ?? DBNull.Value);
            Add(command, "uri", clientId is null ? DBNull.Value : RedirectUri);
            Add(command, "scopes", clientId is null ? "" : Scopes.Of(OwnScopes).ToString());
            Add(command, "ends", ends.Ticks / TimeSpan.TicksPerMicrosecond);
            Add(command, "email", Email);
            if (await command.ExecuteNonQueryAsync() != 1)
            {
                throw new InvalidOperationException("The account was not provisioned.");
            }

            minted.Add(text);
        }

        return minted;
    }

    private static async Task<DbConnection> ConnectAsync(string database)
    {
        DbConnection connection;
        if (database.StartsWith("Data Source=", StringComparison.Ordinal))
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            connection = new SqliteConnection(database);
        }
        else
        {
            connection = new NpgsqlConnection(database);
        }

        await connection.OpenAsync();
        return connection;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
