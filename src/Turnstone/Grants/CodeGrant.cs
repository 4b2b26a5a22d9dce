using System.Collections.Immutable;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// A one-time code. It is consumed in the commit that opens the session; a code that comes a second time was stolen
/// from one of two, so what it gave is revoked (RFC 6749 §4.1.2), unless the second time is shown to be the first
/// again: the same client with the same verifier and the same Idempotency-Key. An exchange that fails before the commit
/// consumes nothing.
/// </summary>
public sealed class CodeGrant(OneTimeCodes codes, CodeExchange exchange, TimeProvider time) : Grant
{
    public const string TypeName = "authorization_code";

    public static readonly GrantParameter Code = new("code", Longest: 512, Secret: true)
    {
        Shape = ParameterShape.Printable,
    };

    /// <summary>Must be the one that the code was asked with, if it was (RFC 6749 §4.1.3).</summary>
    public static readonly GrantParameter RedirectUri = new("redirect_uri", Longest: 2048, Required: false)
    {
        Shape = ParameterShape.Uri,
    };

    /// <summary>The PKCE verifier (RFC 7636 §4.1).</summary>
    public static readonly GrantParameter Verifier = new("code_verifier", Longest: 128, Required: false, Secret: true)
    {
        Shape = ParameterShape.Verifier,
    };

    public override string Kind => GrantKind.Code;

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [Code, RedirectUri, Verifier];

    public override bool ReadsIdempotencyKey => true;

    public override Refusal Wrong => Refusals.InvalidCode;

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var code = await FindAsync(attempt, cancellationToken);
        if (
            code is null
            || !MadeFor(code, attempt.Request)
            || code.ClientId != attempt.Client?.Id
            || !HolderProven(code, attempt)
        )
        {
            return new FailedProof(Wrong) { ClientId = attempt.Client?.Id };
        }

        var now = time.GetUtcNow();
        return code.UsedAt is null && now < code.ExpiresAt && !(code.SessionEndsAt <= now)
            ? await exchange.AdmittedAsync(code, attempt, cancellationToken)
            : await SecondUseAsync(code, attempt, cancellationToken);
    }

    /// <summary>Two exchanges side by side: the one that lost the race is the second use.</summary>
    public override async ValueTask<Proof> WithdrawnAsync(
        Attempt attempt,
        Admission admission,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(attempt, cancellationToken) is { } code
            ? await SecondUseAsync(code, attempt, cancellationToken)
            : FailedProof.Of(Wrong, admission);

    private Task<OneTimeCode?> FindAsync(Attempt attempt, CancellationToken cancellationToken) =>
        codes.FindAsync(attempt.Input.Required(Code), cancellationToken);

    private async Task<Proof> SecondUseAsync(OneTimeCode code, Attempt attempt, CancellationToken cancellationToken) =>
        await exchange.RepeatedAsync(code, attempt, cancellationToken) is { } repeat
            ? repeat
            : new FailedProof(Wrong)
            {
                AccountId = code.AccountId,
                ClientId = attempt.Client?.Id,
                Reused = code.SessionId,
            };

    // Within a family a code may be bound to the one kind of session that these terms open.
    private static bool MadeFor(OneTimeCode code, TokenRequest request) =>
        code.Contract == request.Family || code.Contract == request.Terms.Contract;

    // A verifier for a code that was asked without a challenge is refused too: somebody took the challenge out on the
    // way (RFC 9700 §2.1.1).
    private static bool HolderProven(OneTimeCode code, Attempt attempt) =>
        (code.RedirectUri is null || code.RedirectUri == attempt.Input[RedirectUri])
        && (code.KeyThumbprint is null || code.KeyThumbprint == attempt.Possession?.KeyThumbprint)
        && (
            code.Challenge is null
                ? attempt.Input[Verifier] is null && attempt.Client is not { Public: true }
                : Pkce.Matches(code.Challenge, attempt.Input[Verifier])
        );
}
