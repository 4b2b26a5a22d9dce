using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Authorization;

/// <summary>
/// Where an answer goes, and what goes back with it. Both are proven: the client has registered the address.
/// </summary>
/// <param name="RedirectUri">The address.</param>
/// <param name="Named">Whether the request named it: then the exchange has to name it again (RFC 6749 §4.1.3).</param>
/// <param name="State">The client's own word, exactly as it came.</param>
/// <param name="ByForm">Whether the answer is posted there as a form instead of standing in the query.</param>
public sealed record ReplyAddress(string RedirectUri, bool Named, string? State, bool ByForm = false);

/// <summary>A request to let a client in, with all that can be checked without knowing who is asked.</summary>
public sealed record AuthorizationRequest
{
    public required Client Client { get; init; }

    public required ReplyAddress ReplyTo { get; init; }

    public required AuthorizationRules Rules { get; init; }

    public required Scopes Scopes { get; init; }

    /// <summary>The APIs that the tokens may be for.</summary>
    public Resources Resources { get; init; } = Resources.None;

    /// <summary>What the client wants to do in particular (RFC 9396).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>The types of token that the code can be exchanged for; empty where a contract has but one.</summary>
    public required IReadOnlyList<string> TokenTypes { get; init; }

    /// <summary>The PKCE challenge, S256.</summary>
    public string? Challenge { get; init; }

    /// <summary>The key whose proof the exchange of the code needs (RFC 9449 §10); null for none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>What the parameter <c>claims</c> asks for.</summary>
    public ClaimsRequest Claims { get; init; } = ClaimsRequest.None;

    /// <summary>The client's own word that its ID token repeats.</summary>
    public string? Nonce { get; init; }

    /// <summary><c>prompt=none</c>: answer without showing anything, or not at all.</summary>
    public bool Silent { get; init; }

    /// <summary><c>prompt=login</c>, <c>select_account</c>, or <c>max_age=0</c>, which says the same.</summary>
    public bool SignInAgain { get; init; }

    /// <summary><c>prompt=consent</c>.</summary>
    public bool AskAgain { get; init; }

    /// <summary>How long ago the sign-in may be.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The values of <c>acr_values</c> that say something here, by preference (RFC 9470 §4).</summary>
    public IReadOnlyList<string> AcrValues { get; init; } = [];

    /// <summary>How surely the person has to sign in: as asked, and as the APIs demand.</summary>
    public SignInLevel Level { get; init; }

    /// <summary>Whether access tokens say how the person signed in: somebody wants to know it.</summary>
    public bool TellsSignIn { get; init; }

    /// <summary>Who the client thinks it is.</summary>
    public string? LoginHint { get; init; }

    /// <summary>
    /// The family of the code: narrower than the contract's where only one type of token can come of it. What is
    /// consented to is remembered under it.
    /// </summary>
    public string Family => TokenTypes.Count == 1 ? $"{Rules.Family}:{TokenTypes[0]}" : Rules.Family;

    public bool MayActAsCompany => TokenTypes.Contains(AuthorizationRules.CompanyType);

    /// <summary>
    /// Whether the client is known by more than its own word, so that a consent given before may stand for it.
    /// </summary>
    public bool ClientAssured => RedirectMatch.Assures(Client, ReplyTo.RedirectUri);

    /// <summary>Whether a sign-in of that moment will do.</summary>
    /// <param name="signedInAt">When the one who is signed in did so; null when that is not known.</param>
    /// <param name="askedAt">When this very request sent somebody to sign in; null when it has not.</param>
    public bool Accepts(DateTimeOffset? signedInAt, DateTimeOffset? askedAt, DateTimeOffset now) =>
        signedInAt is { } at
            ? at > askedAt || (!SignInAgain && (MaxAge is not { } age || now - at <= age))
            : !SignInAgain && MaxAge is null;

    public override string ToString() => $"a request of {Client.Id}";
}
