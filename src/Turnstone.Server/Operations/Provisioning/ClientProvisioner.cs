using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>OAuth clients with their secrets.</summary>
public sealed class ClientProvisioner(
    IClientStore store,
    IAccountStore accounts,
    Clients clients,
    Apis apis,
    MasterKeyRing masters,
    RandomSource random,
    TimeProvider time
)
{
    private const int HintLength = 8;

    internal async Task<IEnumerable<string>> ConflictsAsync(
        ClientItem item,
        string at,
        HashSet<string> owners,
        IReadOnlyCollection<string> comingApis,
        CancellationToken cancellationToken
    )
    {
        List<string> problems = [];
        var known = await store.FindAsync(item.ClientId, cancellationToken);
        if (known is { Public: true } && item is { Public: not false, ClientSecret: not null })
        {
            problems.Add(
                $"{at}.clientSecret: the client is public in the store; set \"public\": false as well, "
                    + "or remove the secret."
            );
        }

        if (
            Normalized(item.Owner) is { } owner
            && !owners.Contains(owner)
            && await accounts.FindByEmailAsync(owner, cancellationToken) is null
        )
        {
            problems.Add($"{at}.owner: there is no account with this email, in the file or in the store.");
        }

        problems.AddRange(
            (item.Resources ?? [])
                .Where(one => !comingApis.Contains(one) && apis.Find(one) is null)
                .Select(one => $"{at}.resources: there is no API {one}, in the file or in the store.")
        );
        problems.AddRange(ProofProblems(Described(item, null, known ?? Blank(item)), item, at));
        return problems;
    }

    // Of the client as it would be, because the file may give one half and the store have the other.
    private static IEnumerable<string> ProofProblems(Client client, ClientItem item, string at)
    {
        const string Method = "tokenEndpointAuthMethod";
        if (client.Method is { } method && method is ClientMethod.None != client.Public)
        {
            yield return $"{at}.{Method}: a public client has none, and nobody else has.";
        }

        if (client is { Method: ClientMethod.PrivateKeyJwt, Keys: null, KeysUri: null })
        {
            yield return $"{at}.jwks: private_key_jwt needs keys; give a JWK set, or jwksUri.";
        }

        if (client.Method is not ClientMethod.PrivateKeyJwt && (item.Jwks is not null || item.JwksUri is not null))
        {
            var member = item.Jwks is null ? "jwksUri" : "jwks";
            yield return $"{at}.{member}: only private_key_jwt has keys; give it as {Method}.";
        }

        if (client.Method is ClientMethod.PrivateKeyJwt && item.ClientSecret is not null)
        {
            yield return $"{at}.clientSecret: a client of private_key_jwt has no secret; remove it.";
        }

        foreach (var origin in (item.Origins ?? []).Where(origin => !RedirectMatch.IsOrigin(origin)))
        {
            yield return $"{at}.origins: {origin} is no origin; give https, host and port alone, in small letters, "
                + "or http where the host is the machine itself.";
        }

        if (item.Sector is { } sector && !SectorHosts.IsHost(sector))
        {
            yield return $"{at}.sector: {sector} is no host; give its name alone, in small letters.";
        }

        if (client is { Pairwise: true, SectorHost: null } && SectorHosts.AreSeveral(client.RedirectUris))
        {
            yield return $"{at}.sector: its redirect URIs have several hosts; give the one that names its sector.";
        }

        if (client is { KeepsRefreshTokens: true, DpopBound: false })
        {
            yield return $"{at}.refreshTokenRotation: only tokens that are bound may stay; "
                + "set dpopBoundAccessTokens as well.";
        }

        foreach (var (member, problem) in client.IsFapi2 ? Fapi2Profile.ProblemsOf(client) : [])
        {
            yield return $"{at}.{member}: {problem}";
        }

        if (client is { MayIntrospect: true, Public: true })
        {
            yield return $"{at}.introspect: a public client proves nothing, so it may not ask.";
        }
    }

    private Client Blank(ClientItem item) =>
        new()
        {
            Id = item.ClientId,
            Name = item.ClientId,
            CreatedAt = time.GetUtcNow(),
        };

    internal async Task ApplyAsync(ClientItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        var owner = Normalized(item.Owner) is { } email
            ? (await accounts.FindByEmailAsync(email, cancellationToken))?.Id
            : null;
        if (await store.FindAsync(item.ClientId, cancellationToken) is not { } known)
        {
            var made =
                await clients.CreateAsync(
                    Described(item, owner, Blank(item)),
                    item.ClientSecret,
                    Caller.Operator,
                    cancellationToken
                )
                ?? throw new StoreUnavailableException(
                    "Another process is creating the same client; apply the file again."
                );
            report.Created("client", item.ClientId, null, ("clientSecret", made.Secret));
            return;
        }

        var (changed, minted) = WithSecret(Described(item, owner, known), item);
        var details = ClientDifference.Between(known, changed).ToList();
        if (details.Count == 0)
        {
            return;
        }

        var detail = string.Join(", ", details);
        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            ClientId = known.Id,
            Detail = $"provisioned: {detail}",
        };
        if (!(await store.SaveAsync(changed, entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException("Another process is changing the same client; apply the file again.");
        }

        report.Changed("client", item.ClientId, detail, ("clientSecret", minted));
    }

    private static Client Described(ClientItem item, Guid? owner, Client client) =>
        client with
        {
            OwnerId = owner ?? client.OwnerId,
            Name = item.Name ?? client.Name,
            Public = item.Public ?? client.Public,
            Method = item.TokenEndpointAuthMethod ?? client.Method,
            Keys = Signs(item, client) && item.JwksUri is null ? Keys(item) ?? client.Keys : null,
            KeysUri = Signs(item, client) && item.Jwks is null ? item.JwksUri ?? client.KeysUri : null,
            MayIntrospect = item.Introspect ?? client.MayIntrospect,
            MustPush = item.RequirePushedAuthorizationRequests ?? client.MustPush,
            PredatesPkce = item.RequirePkce is { } required ? !required : client.PredatesPkce,
            DpopBound = item.DpopBoundAccessTokens ?? client.DpopBound,
            KeepsRefreshTokens = item.RefreshTokenRotation is { } rotates ? !rotates : client.KeepsRefreshTokens,
            Profile = item.Profile ?? client.Profile,
            RedirectUris = item.RedirectUris ?? client.RedirectUris,
            PostLogoutRedirectUris = item.PostLogoutRedirectUris ?? client.PostLogoutRedirectUris,
            BackchannelLogoutUri = item.BackchannelLogoutUri ?? client.BackchannelLogoutUri,
            BackchannelLogoutSession = item.BackchannelLogoutSessionRequired ?? client.BackchannelLogoutSession,
            Pairwise = item.SubjectType is { } type ? type is SubjectType.Pairwise : client.Pairwise,
            SectorHost = item.Sector ?? client.SectorHost,
            Origins = item.Origins ?? client.Origins,
            GrantTypes = item.GrantTypes ?? client.GrantTypes,
            Scopes = item.Scopes is { } scopes ? Scopes.Of(scopes) : client.Scopes,
            Resources = item.Resources is { } resources ? Resources.Of(resources) : client.Resources,
            TokenTypes = item.TokenTypes ?? client.TokenTypes,
            AccessLifetime = Seconds(item.AccessTokenSeconds) ?? client.AccessLifetime,
            RefreshLifetime = Seconds(item.RefreshTokenSeconds) ?? client.RefreshLifetime,
            AbsoluteLifetime = Seconds(item.SessionSeconds) ?? client.AbsoluteLifetime,
            RetryWindow = Seconds(item.RetryWindowSeconds) ?? client.RetryWindow,
            Early = item.EarlyRefresh ?? client.Early,
            Algorithm = item.SigningAlgorithm ?? client.Algorithm,
        };

    /// <summary>
    /// A given secret that is not stored yet replaces the stored ones. A confidential client without any secret gets a
    /// new one.
    /// </summary>
    private (Client Client, string? Minted) WithSecret(Client client, ClientItem item)
    {
        if (!client.HasSecrets)
        {
            return (client with { Secrets = [] }, null);
        }

        if (item.ClientSecret is { } given)
        {
            return client.Secrets.Any(secret => masters.Matches(CredentialPurpose.ClientSecret, given, secret.Hash))
                ? (client, null)
                : (client with { Secrets = [Stored(given)] }, null);
        }

        if (client.Secrets.Count > 0)
        {
            return (client, null);
        }

        var minted = ClientSecretText.Mint(random);
        return (client with { Secrets = [Stored(minted)] }, minted);
    }

    private static bool Signs(ClientItem item, Client client) =>
        (item.TokenEndpointAuthMethod ?? client.Method) is ClientMethod.PrivateKeyJwt;

    private static VerificationKeys? Keys(ClientItem item) =>
        item.Jwks is { } jwks && VerificationKeys.TryRead(jwks.ToJsonString(), out var keys, out _) ? keys : null;

    private ClientSecret Stored(string text) =>
        new(
            masters.Hash(CredentialPurpose.ClientSecret, text),
            ClientSecretText.LooksOurs(text) ? text[..HintLength] : "",
            time.GetUtcNow()
        );

    private static string? Normalized(string? email) =>
        email is not null && EmailAddress.TryNormalize(email, out var normalized) ? normalized : null;

    private static TimeSpan? Seconds(int? seconds) => seconds is { } count ? TimeSpan.FromSeconds(count) : null;
}
