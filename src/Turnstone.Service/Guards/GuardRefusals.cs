using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Server.Guards;

/// <summary>
/// How a credential is refused: 401 and 403, which every proxy hands on, with a challenge; 429 and 503 with a time to
/// wait.
/// </summary>
internal static class GuardRefusals
{
    private const string InvalidToken = "invalid_token";

    public static JsonAnswer Ambiguous { get; } =
        Unauthorized(
            OAuthError.InvalidRequest,
            "There is more than one access token or API key. Send one.",
            BearerChallenge.Of(OAuthError.InvalidRequest, "There is more than one access token or API key. Send one.")
        );

    public static JsonAnswer OtherAccount { get; } =
        OfKey("The subscription key is of another account than the other credential. Send one of the same account.");

    public static JsonAnswer Unbindable { get; } =
        OfProof(
            "invalid_dpop_proof",
            "The server cannot tell which request the DPoP proof is for: its proxy does not say, or is not named."
        );

    public static JsonAnswer NotBound { get; } =
        OfProof(InvalidToken, "The access token is not bound to the key of the DPoP proof.");

    public static JsonAnswer NoProof { get; } = OfProof(DpopCheck.Missing);

    public static JsonAnswer Of(AccessTokenFault fault) =>
        fault is AccessTokenFault.Bound
            ? OfProof(InvalidToken, BearerChallenge.Describe(fault))
            : Unauthorized(InvalidToken, BearerChallenge.Describe(fault), BearerChallenge.For(fault));

    /// <summary>As <see cref="Of(AccessTokenFault)"/> of a token that came with the scheme DPoP.</summary>
    public static JsonAnswer OfBound(AccessTokenFault fault) => OfProof(InvalidToken, BearerChallenge.Describe(fault));

    public static JsonAnswer OfProof(Refusal refusal) =>
        OfProof(
            refusal.Code is RefusalCode.UseDpopNonce ? "use_dpop_nonce" : "invalid_dpop_proof",
            $"{refusal.Reason} {refusal.NextStep}"
        );

    /// <summary>A key that is refused, and what has to wait.</summary>
    public static JsonAnswer Of(Refusal refusal) =>
        refusal.Code switch
        {
            RefusalCode.TooManyAttempts or RefusalCode.Unavailable => OAuthError.Of(refusal),
            _ => OfKey($"{refusal.Reason} {refusal.NextStep}"),
        };

    public static JsonAnswer LacksScope(Scopes wanted)
    {
        const string Error = "insufficient_scope";
        const string Description = "The credential lacks a scope that this call needs.";
        return OAuthError.Of(
            StatusCodes.Status403Forbidden,
            Error,
            Description,
            challenge: BearerChallenge.ForScope(wanted.ToString(), Description)
        );
    }

    private static JsonAnswer OfKey(string description) =>
        Unauthorized(InvalidToken, description, BearerChallenge.Of(InvalidToken, description));

    private static JsonAnswer OfProof(string error, string description) =>
        Unauthorized(error, description, DpopHeader.Challenge(error, description));

    private static JsonAnswer Unauthorized(string error, string description, string challenge) =>
        OAuthError.Of(StatusCodes.Status401Unauthorized, error, description, challenge: challenge);
}
