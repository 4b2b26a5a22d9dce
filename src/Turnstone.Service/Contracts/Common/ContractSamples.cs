namespace Turnstone.Server.Contracts.Common;

/// <summary>Calls of a contract as commands for a shell; null for a call that it does not have.</summary>
public sealed record ContractSamples
{
    /// <summary>A login with the demo data, as the first start prints it.</summary>
    public required Func<DemoCustomer, string> Demo { get; init; }

    public ApiKeyLoginSample? ApiKeyLogin { get; init; }

    /// <summary>
    /// From an API key, which the shell asks for, to the first answer of the sample API; null where it has none.
    /// </summary>
    public Func<string, string>? FirstCall { get; init; }

    public PasswordLoginSample? PasswordLogin { get; init; }

    /// <summary>What a client sends; null where the contract has no clients, or has successors for them.</summary>
    public ClientSamples? Clients { get; init; }

    /// <summary>What to do with tokens that came from a code without a client.</summary>
    public UnboundCodeSamples? UnboundCodes { get; init; }
}

/// <param name="Token">A program's own token.</param>
/// <param name="Exchange">A code for tokens.</param>
public sealed record ClientSamples(ClientTokenSample Token, CodeExchangeSample Exchange);

/// <param name="issuer">The server.</param>
/// <param name="client">The client's id.</param>
/// <param name="secretVariable">The shell variable that holds its secret.</param>
public delegate CurlLine ClientTokenSample(string issuer, string client, string secretVariable);

/// <param name="issuer">The server.</param>
/// <param name="request">What the code was asked for with.</param>
/// <param name="codeVariable">The shell variable that holds the code.</param>
/// <param name="secretVariable">The shell variable that holds the client's secret; null for one without.</param>
public delegate CurlLine CodeExchangeSample(
    string issuer,
    CodeRequest request,
    string codeVariable,
    string? secretVariable
);

/// <param name="Client">The client's id.</param>
/// <param name="RedirectUri">Where its user comes back to.</param>
/// <param name="Verifier">The code verifier (RFC 7636 §4.1).</param>
public sealed record CodeRequest(string Client, string RedirectUri, string Verifier);

public sealed record UnboundCodeSamples(TokenSample Validate, TokenSample Refresh);

/// <param name="issuer">The server.</param>
/// <param name="keyVariable">The shell variable that holds the API key.</param>
public delegate CurlLine ApiKeyLoginSample(string issuer, string keyVariable);

/// <param name="issuer">The server.</param>
/// <param name="keyVariable">The shell variable that holds the subscription key.</param>
/// <param name="email">The email to log in with.</param>
public delegate CurlLine PasswordLoginSample(string issuer, string keyVariable, string email);

/// <param name="issuer">The server.</param>
/// <param name="tokenVariable">The shell variable that holds the token.</param>
public delegate CurlLine TokenSample(string issuer, string tokenVariable);

/// <summary>The demo data's customer. Its secrets are in shell variables, which the first start prints.</summary>
public sealed record DemoCustomer
{
    public required string Url { get; init; }

    /// <summary>The command that runs this program.</summary>
    public required string Program { get; init; }

    public required string Email { get; init; }

    public required string ClientId { get; init; }

    public required string RedirectUri { get; init; }

    /// <summary>The shell variables with its secrets.</summary>
    public const string Password = "PASSWORD";

    public const string SubscriptionKey = "KEY";

    public const string ApiKey = "API_KEY";

    public const string ClientSecret = "SECRET";
}
