using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Settings;

/// <summary>The settings of one contract. A client's own values take precedence.</summary>
public record ContractSettings : ISettings
{
    private const double Decade = 315_360_000;

    [Setting("Whether the contract is served. Switched off, its paths do not exist.")]
    public bool Enabled { get; init; } = true;

    [Setting("How long an access token is valid, in seconds; at most 90 days.", Min = 1, Max = 7_776_000)]
    public int AccessTokenSeconds { get; init; }

    [Setting(
        "How long a refresh token is valid, in seconds; counted anew at each refresh, except in SessionV3, "
            + "where it is counted from login.",
        Min = 1,
        Max = Decade
    )]
    public int RefreshTokenSeconds { get; init; }

    [Setting(
        "The absolute end of a session, which no refresh extends, in seconds from login; 0 for none.",
        Min = 0,
        Max = Decade
    )]
    public int SessionSeconds { get; init; }

    [Setting(
        "How long a refresh without an Idempotency-Key can be repeated with the old token, in seconds; "
            + "0 for not at all.",
        Min = 0,
        Max = 3600
    )]
    public int RetryWindowSeconds { get; init; } = 10;

    [Setting(
        "What happens when two generations in a row are asked for twice without an Idempotency-Key, "
            + "as by two holders of one token: Alarm (an audit entry and a letter to the account), "
            + "End (the session ends, too)."
    )]
    public SuspectedCopy SuspectedCopy { get; init; }

    [Setting(
        "What a refresh does while the access token is still valid: Allow (it succeeds), "
            + "Reject (it is refused with the time to wait), Current (it returns the current pair again)."
    )]
    public EarlyRefresh EarlyRefresh { get; init; } = EarlyRefresh.Allow;

    [Setting("The algorithm that signs access tokens: ES256 or RS256.")]
    public SigningAlgorithm SigningAlgorithm { get; init; } = SigningAlgorithm.ES256;

    /// <summary>The core's terms.</summary>
    internal Terms ToTerms(Contract contract) =>
        new()
        {
            Contract = contract.Family,
            Name = contract.Name,
            AccessLifetime = TimeSpan.FromSeconds(AccessTokenSeconds),
            RefreshLifetime = TimeSpan.FromSeconds(RefreshTokenSeconds),
            Sliding = contract.Sliding,
            AbsoluteLifetime = SessionSeconds == 0 ? null : TimeSpan.FromSeconds(SessionSeconds),
            RetryWindow = TimeSpan.FromSeconds(RetryWindowSeconds),
            Copies = SuspectedCopy,
            Early = EarlyRefresh,
            Algorithm = SigningAlgorithm,
            TokenType = contract.TokenType,
        };
}

/// <summary>A deprecated contract.</summary>
public sealed record DeprecatedContractSettings : ContractSettings
{
    [Setting("When the contract was deprecated: the Deprecation header (RFC 9745) of its answers.")]
    public DateTimeOffset Deprecated { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Setting("When the contract will be switched off: the Sunset header (RFC 8594) of its answers.")]
    public DateTimeOffset Sunset { get; init; } = new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
