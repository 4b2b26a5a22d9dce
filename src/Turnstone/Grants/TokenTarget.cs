using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>What one access token is for.</summary>
/// <param name="Audience">The identifier of its API: the claim <c>aud</c>.</param>
/// <param name="Terms">The contract's terms with the client's own values and the API's.</param>
public sealed record TokenTarget(string Audience, Terms Terms)
{
    /// <summary>The key that it is bound to (RFC 9449 §6); null for none.</summary>
    public string? Key { get; init; }

    /// <summary>What it is for in particular.</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;
}

/// <summary>Finds what an access token is for, before anything is committed (RFC 8707 §2.2).</summary>
public sealed class TokenTargets(Apis apis)
{
    // RFC 8693 §2.2.2: a subject's token that the policy does not take.
    private static readonly Refusal TooWeak = Refusals.SignInTooWeak with { Code = RefusalCode.InvalidSubjectToken };

    /// <summary>
    /// A refusal where another API is asked for than was granted. Of a refresh only the row says what was granted; <see
    /// cref="RefreshGrant"/> has asked it.
    /// </summary>
    public Outcome<TokenTarget> Of(Attempt attempt, Proof proof)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return proof switch
        {
            RefreshProof refresh => Target(
                attempt,
                apis.Default.Identifier,
                refresh.Attempt.Terms,
                AuthorizationDetails.None
            ),
            Admission admission => Of(
                attempt,
                admission.Resources,
                admission.Details,
                admission.Client ?? attempt.Client
            ),
            RepeatProof repeat => Of(attempt, repeat.Session.Resources, repeat.Session.Details, attempt.Client),
            ClientCredentialsProof program => Of(
                attempt,
                program.Target.Resources,
                AuthorizationDetails.None,
                program.Client
            ),
            ExchangeProof exchange => Of(attempt, exchange),
            _ => throw new InvalidOperationException($"A {proof.GetType().Name} admits to nothing."),
        };
    }

    /// <summary>Why a session has no token for these resources with these scopes; null if it has.</summary>
    public Refusal? RefuseRefresh(Session row, GrantInput input)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(input);
        return !apis.Pick(row.Resources, input.Resources).Granted(out var audience, out var refusal) ? refusal
            : IsBelow(apis.Find(audience)?.Level, row.AccountId, row.Authentication) ? Refusals.SignInTooWeak
            : input.Scopes?.Within(apis.ScopesFor(audience, row.Resources, row.Scopes)) is false ? Refusals.InvalidScope
            : input.Details?.Within(DetailsFor(audience, row.Details)) is false ? Refusals.InvalidAuthorizationDetails
            : null;
    }

    /// <summary>Whether an API demands a surer sign-in than some session may have begun with.</summary>
    public bool DemandsLevels => apis.Registered.Any(api => api.Level is not null);

    /// <summary>The same of a session that the store has forgotten, as its refresh token describes it.</summary>
    public Refusal? RefuseRefresh(SessionOrigin origin, GrantInput input)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(input);
        return apis.Pick(origin.Resources, input.Resources).Refusal
            ?? (
                origin.Scopes is { } had && input.Scopes?.Within(had) is false ? Refusals.InvalidScope
                : input.Details is not null ? Refusals.InvalidAuthorizationDetails
                : null
            );
    }

    /// <summary>The same of a row that was refreshed.</summary>
    public TokenTarget Of(Attempt attempt, Session row, Terms terms)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(row);
        var audience = apis.Pick(row.Resources, attempt.Input.Resources).Value ?? First(row.Resources);
        var granted = DetailsFor(audience, row.Details);

        // A row that was opened again only now has been compared with nothing.
        var details = attempt.Input.Details is { } asked && asked.Within(granted) ? asked : granted;
        return Target(attempt, audience, terms.For(attempt.Client, apis.Find(audience)), details);
    }

    /// <summary>How the tokens of some API are signed other than so; null where all are.</summary>
    public SigningAlgorithm? OtherAlgorithm(SigningAlgorithm algorithm)
    {
        foreach (var api in apis.Registered)
        {
            if (api.Algorithm is { } other && other != algorithm)
            {
                return other;
            }
        }

        return null;
    }

    private Outcome<TokenTarget> Of(Attempt attempt, Resources granted, AuthorizationDetails details, Client? client)
    {
        if (!apis.Pick(granted, attempt.Input.Resources).Granted(out var audience, out var refusal))
        {
            return refusal;
        }

        var mine = DetailsFor(audience, details);
        return attempt.Input.Details?.Within(mine) is false
            ? Refusals.InvalidAuthorizationDetails
            : Target(
                attempt,
                audience,
                attempt.Terms.For(client).For(client, apis.Find(audience)),
                attempt.Input.Details ?? mine
            );
    }

    private Outcome<TokenTarget> Of(Attempt attempt, ExchangeProof exchange)
    {
        var (client, subject) = (exchange.Client, exchange.Subject);
        var api = apis.Find(subject.Audience);
        return IsBelow(api?.Level, subject.AccountId, subject.Authentication)
            ? TooWeak
            : Target(attempt, subject.Audience, attempt.Terms.For(client).For(client, api), subject.Details);
    }

    // An API may have come to demand more since the session was opened. One that says nothing of it began with less.
    private static bool IsBelow(SignInLevel? wanted, Guid? accountId, Authentication? authentication) =>
        wanted is { } level
        && accountId is not null
        && !(authentication is { } done && new SignedIn(done.At, done.Methods).Level >= level);

    // Of the granted ones those of types of this API.
    private AuthorizationDetails DetailsFor(string audience, AuthorizationDetails granted) =>
        granted.IsEmpty ? granted : OfApi(audience, granted);

    private AuthorizationDetails OfApi(string audience, AuthorizationDetails granted) =>
        granted.Where(detail => apis.OwnerOfDetail(detail.Type)?.Api.Identifier == audience);

    private static TokenTarget Target(Attempt attempt, string audience, Terms terms, AuthorizationDetails details) =>
        new(audience, terms) { Key = attempt.Possession?.KeyThumbprint, Details = details };

    private string First(Resources granted) => granted.IsEmpty ? apis.Default.Identifier : granted.Identifiers[0];
}
