using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Grants;

/// <summary>A request for tokens as a contract hands it to the <see cref="TokenPipeline"/>.</summary>
public sealed record TokenRequest
{
    private readonly string? family;

    /// <summary>The grant asked for; null when there is none of the name that was sent.</summary>
    public required Grant? Grant { get; init; }

    /// <summary>The terms of the contract it came through.</summary>
    public required Terms Terms { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>
    /// Decodes what the grant reads. Asked once the client is proven: who proves nothing is told nothing else.
    /// </summary>
    public required Func<Grant, Outcome<GrantInput>> Input { get; init; }

    /// <summary>The family of the codes that are exchanged here; the terms' contract where nothing is said.</summary>
    public string Family
    {
        get => family ?? Terms.Contract;
        init => family = value;
    }

    /// <summary>What the client shows of itself; null at contracts that know no clients.</summary>
    public PresentedClient? Client { get; init; }

    /// <summary>The proof of a key that the request came with; null at contracts that bind nothing.</summary>
    public PresentedProof? Possession { get; init; }

    /// <summary>Which of the client's token types is asked for; null where there are none.</summary>
    public string? TokenType { get; init; }

    /// <summary>The subscription that the request came with, proven by its key.</summary>
    public Subscription? Subscription { get; init; }

    /// <summary>The access token that the request came with, proven by its signature.</summary>
    public Bearer? Bearer { get; init; }

    /// <summary>Whether the answer names the account's email.</summary>
    public bool NamesEmail { get; init; }

    /// <summary>Whether the answer has an ID token where the scope <c>openid</c> was asked for.</summary>
    public bool WantsIdToken { get; init; }

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public Func<bool> HasLeft { get; init; } = static () => false;

    public override string ToString() => $"a request for {Grant?.Kind ?? "an unknown grant"} at {Terms.Contract}";
}

/// <summary>The session of an access token that acts, and the contract that it has to be of.</summary>
public sealed record Bearer(SessionId Session, string Contract);

/// <summary>A request as a grant sees it: its client is proven and its input decoded.</summary>
public sealed record Attempt(TokenRequest Request, Grant Grant, Client? Client, GrantInput Input)
{
    public Terms Terms => Request.Terms;

    public Caller Caller => Request.Caller;

    /// <summary>By what the client is proven if it is by the word of an issuer that it trusts.</summary>
    public ForeignProof? Trusted => Request.Client?.Foreign;

    /// <summary>The key whose possession was proven: the tokens are bound to it (RFC 9449 §5); null for none.</summary>
    public DpopProof? Possession { get; init; }

    /// <summary>Whose claims the ID token has beside its own; null where it has none.</summary>
    public Account? Person { get; init; }

    public override string ToString() => Request.ToString();
}
