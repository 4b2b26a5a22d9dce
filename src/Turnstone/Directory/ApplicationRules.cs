using Turnstone.Credentials;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// What a customer may make of an application of his. He chooses among the offered scopes; a scope or a grant that an
/// administrator gave it beside those he may keep, or give up for good.
/// </summary>
/// <param name="Own">Those of the settings.</param>
/// <param name="Apis">Whose scopes are offered beside them; null for none.</param>
public sealed record ApplicationRules(Scopes Own, Apis? Apis = null)
{
    public const int LongestName = NameText.Longest;

    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string ClientCredentials = "client_credentials";
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>Only an administrator gives it to a client: it acts for whoever sends it a token.</summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>
    /// Only an administrator gives it to a client: it acts for people of a company. Whom a client trusts needs it not.
    /// </summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public static readonly TimeSpan LongestSession = TimeSpan.FromDays(3650);
    public static readonly TimeSpan LongestRetryWindow = TimeSpan.FromHours(1);
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<string> GrantTypes { get; } =
    [AuthorizationCode, RefreshToken, ClientCredentials, DeviceCode];

    public static IReadOnlyList<string> TokenTypes { get; } = ["user", "company"];

    /// <summary>
    /// The scopes of the settings, without those that a registered API has and does not offer; then those of the APIs
    /// that are offered.
    /// </summary>
    public Scopes Offered =>
        Apis is null
            ? Own
            : Scopes.Of(
                Own.Names.Where(scope => Apis.OwnerOf(scope) is var api && (api == Apis.Default || api.Offered))
                    .Concat(Apis.Registered.Where(api => api.Offered).SelectMany(api => api.ScopeNames.Names))
            );

    /// <summary>The scopes that this client may have by its owner's choice.</summary>
    public Scopes ScopesFor(Client? client) =>
        client is null ? Offered : Scopes.Of(Offered.Names.Concat(client.Scopes.Names));

    /// <summary>
    /// The APIs that this client may use by name by its owner's choice: those without scopes that are offered, and
    /// those that an administrator gave it, which he may keep or give up for good. The others follow from scopes.
    /// </summary>
    public IEnumerable<string> ResourcesFor(Client? client) =>
        (Apis?.Registered ?? [])
            .Where(api => api.Offered && api.ScopeNames.IsEmpty)
            .Select(api => api.Identifier)
            .Union(client?.Resources.Identifiers ?? []);

    /// <summary>Everything that is wrong with the draft of this client.</summary>
    public IEnumerable<ApplicationProblem> ProblemsOf(ApplicationDraft draft, Client client)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(client);
        // A consent names the application to its users: what is not seen, or turns the text around, makes it name
        // another.
        if (!NameText.TryRead(draft.Name, out _))
        {
            yield return new(ApplicationPart.Name, ApplicationFlaw.NotAName);
        }

        foreach (
            var problem in RedirectProblems(draft, client)
                .Concat(LogoutProblems(draft, client))
                .Concat(GrantProblems(draft, client))
                .Concat(LifetimeProblems(draft))
                .Concat(OriginProblems(draft))
                .Concat(BindingProblems(draft, client))
        )
        {
            yield return problem;
        }

        foreach (var scope in draft.Scopes.Where(scope => !ScopesFor(client).Contains(scope)))
        {
            yield return new(ApplicationPart.Scopes, ApplicationFlaw.NotOffered, scope);
        }

        foreach (var resource in draft.Resources.Except(ResourcesFor(client)))
        {
            yield return new(ApplicationPart.Resources, ApplicationFlaw.NotOffered, resource);
        }

        foreach (var type in draft.TokenTypes.Except(TokenTypes.Concat(client.TokenTypes)))
        {
            yield return new(ApplicationPart.TokenTypes, ApplicationFlaw.NotOffered, type);
        }
    }

    /// <summary>How the access tokens of this client may be signed.</summary>
    public static IEnumerable<SigningAlgorithm> AlgorithmsFor(Client? client) =>
        Enum.GetValues<SigningAlgorithm>()
            .Where(one => client is not { IsFapi2: true } || Fapi2Profile.Allows(one.ToString()));

    private static IEnumerable<ApplicationProblem> OriginProblems(ApplicationDraft draft) =>
        draft.Origins.Count > RedirectUri.Most
            ? [new(ApplicationPart.Origins, ApplicationFlaw.TooManyOrigins)]
            : draft
                .Origins.Where(origin => !RedirectMatch.IsOrigin(origin))
                .Select(origin => new ApplicationProblem(ApplicationPart.Origins, ApplicationFlaw.NotAnOrigin, origin));

    private static IEnumerable<ApplicationProblem> BindingProblems(ApplicationDraft draft, Client client) =>
        (draft.Binding ?? client.Binding) switch
        {
            ClientBinding.Fapi2 => ProfileProblems(draft, client),
            var binding when Enum.IsDefined(binding) => [],
            _ => [new(ApplicationPart.Binding, ApplicationFlaw.NotOffered)],
        };

    // A profile is kept as a whole: what the form may say otherwise is refused while it is.
    private static IEnumerable<ApplicationProblem> ProfileProblems(ApplicationDraft draft, Client client)
    {
        if (!client.IsFapi2 && client.Method is not ClientMethod.PrivateKeyJwt)
        {
            yield return new(ApplicationPart.Binding, ApplicationFlaw.NeedsKeys);
        }

        foreach (var uri in draft.RedirectUris.Intersect(client.RedirectUris))
        {
            if (RedirectUri.FlawOf(uri, publicClient: false) is { } flaw)
            {
                yield return new(ApplicationPart.RedirectUris, ApplicationFlaw.RedirectUri, uri, flaw);
            }
        }

        foreach (var grant in draft.GrantTypes.Where(grant => !Fapi2Profile.Knows(grant)))
        {
            yield return new(ApplicationPart.GrantTypes, ApplicationFlaw.NotOffered, grant);
        }

        if (draft.Algorithm is SigningAlgorithm.RS256)
        {
            yield return new(ApplicationPart.Algorithm, ApplicationFlaw.NotOffered, $"{draft.Algorithm}");
        }
    }

    private static IEnumerable<ApplicationProblem> RedirectProblems(ApplicationDraft draft, Client client)
    {
        if (draft.RedirectUris.Count > RedirectUri.Most)
        {
            yield return new(ApplicationPart.RedirectUris, ApplicationFlaw.TooManyRedirectUris);
            yield break;
        }

        if ((client with { RedirectUris = draft.RedirectUris }).Sector != client.Sector)
        {
            yield return new(ApplicationPart.RedirectUris, ApplicationFlaw.SectorChanges);
        }

        if (draft.RedirectUris.Count == 0 && draft.GrantTypes.Contains(AuthorizationCode))
        {
            yield return new(ApplicationPart.RedirectUris, ApplicationFlaw.NoRedirectUri);
        }

        foreach (var uri in draft.RedirectUris.Except(client.RedirectUris))
        {
            if (RedirectUri.FlawOf(uri, client.Public) is { } flaw)
            {
                yield return new(ApplicationPart.RedirectUris, ApplicationFlaw.RedirectUri, uri, flaw);
            }
        }
    }

    private static IEnumerable<ApplicationProblem> LogoutProblems(ApplicationDraft draft, Client client)
    {
        if (draft.PostLogoutRedirectUris.Count > RedirectUri.Most)
        {
            yield return new(ApplicationPart.PostLogoutRedirectUris, ApplicationFlaw.TooManyRedirectUris);
            yield break;
        }

        foreach (var uri in draft.PostLogoutRedirectUris.Except(client.PostLogoutRedirectUris))
        {
            if (RedirectUri.FlawOf(uri, client.Public) is { } flaw)
            {
                yield return new(ApplicationPart.PostLogoutRedirectUris, ApplicationFlaw.RedirectUri, uri, flaw);
            }
        }

        if (
            draft.BackchannelLogoutUri is { Length: > 0 } told
            && told != client.BackchannelLogoutUri
            && RedirectUri.FlawOf(told, publicClient: false) is { } wrong
        )
        {
            yield return new(ApplicationPart.BackchannelLogoutUri, ApplicationFlaw.RedirectUri, told, wrong);
        }
    }

    private static IEnumerable<ApplicationProblem> GrantProblems(ApplicationDraft draft, Client client)
    {
        if (draft.GrantTypes.Count == 0)
        {
            yield return new(ApplicationPart.GrantTypes, ApplicationFlaw.NoGrantType);
        }

        if (client.Public && draft.GrantTypes.Contains(ClientCredentials))
        {
            yield return new(ApplicationPart.GrantTypes, ApplicationFlaw.PublicCredentials);
        }

        if (
            draft.GrantTypes.Contains(RefreshToken)
            && !draft.GrantTypes.Any(grant => grant is AuthorizationCode or DeviceCode)
        )
        {
            yield return new(ApplicationPart.GrantTypes, ApplicationFlaw.RefreshAlone);
        }

        foreach (var grant in draft.GrantTypes.Except(GrantTypes.Concat(client.GrantTypes)))
        {
            yield return new(ApplicationPart.GrantTypes, ApplicationFlaw.NotOffered, grant);
        }
    }

    private static IEnumerable<ApplicationProblem> LifetimeProblems(ApplicationDraft draft)
    {
        (ApplicationPart Part, TimeSpan? Value, TimeSpan Least, TimeSpan Most)[] bounds =
        [
            (ApplicationPart.AccessLifetime, draft.AccessLifetime, Shortest, AccessTokenLimits.LongestLifetime),
            (ApplicationPart.RefreshLifetime, draft.RefreshLifetime, Shortest, LongestSession),
            (ApplicationPart.AbsoluteLifetime, draft.AbsoluteLifetime, Shortest, LongestSession),
            (ApplicationPart.RetryWindow, draft.RetryWindow, TimeSpan.Zero, LongestRetryWindow),
        ];
        foreach (var (part, value, least, most) in bounds)
        {
            if (value < least || value > most)
            {
                yield return new(part, ApplicationFlaw.OutOfBounds);
            }
        }

        if (draft.RefreshLifetime < draft.AccessLifetime)
        {
            yield return new(ApplicationPart.RefreshLifetime, ApplicationFlaw.ShorterThanAccess);
        }

        if (draft.Early is { } early && !Enum.IsDefined(early))
        {
            yield return new(ApplicationPart.Early, ApplicationFlaw.NotOffered);
        }

        if (draft.Algorithm is { } algorithm && !Enum.IsDefined(algorithm))
        {
            yield return new(ApplicationPart.Algorithm, ApplicationFlaw.NotOffered);
        }
    }
}
