using Microsoft.AspNetCore.Http;

namespace Turnstone.AspNetCore;

/// <summary>Why a request is not let in, and how the answer says so.</summary>
internal sealed class GuardRefusal(int status, string? error, string description) : Exception(description)
{
    public int Status => status;

    /// <summary>The code of RFC 6750 §3.1; null for what is no refusal of a credential.</summary>
    public string? Error => error;

    /// <summary>Whether the answer asks for a proof (RFC 9449 §7.1).</summary>
    public bool AsksForProof { get; init; }

    public static GuardRefusal Expired { get; } =
        InvalidToken("The access token has expired. Refresh it and repeat the request.");

    /// <summary>Every other fault of a token: which one is nobody's business.</summary>
    public static GuardRefusal Bad { get; } = InvalidToken("The access token is not valid. Log in again.");

    public static GuardRefusal BoundToKey { get; } =
        new(StatusCodes.Status401Unauthorized, "invalid_token", "The access token is bound to a key (DPoP).")
        {
            AsksForProof = true,
        };

    public static GuardRefusal Ambiguous { get; } =
        new(StatusCodes.Status400BadRequest, "invalid_request", "There is more than one credential. Send one.");

    public static GuardRefusal BadKey { get; } =
        InvalidToken("The key is not valid, or not of the account of the access token.");

    public static GuardRefusal Away { get; } =
        new(StatusCodes.Status503ServiceUnavailable, null, "It cannot be told now whether the credential is good.");

    public static GuardRefusal TooMany { get; } =
        new(StatusCodes.Status429TooManyRequests, null, "Too many keys were guessed from this network.");

    public static GuardRefusal OfProof(string description) =>
        new(StatusCodes.Status401Unauthorized, "invalid_dpop_proof", description) { AsksForProof = true };

    private static GuardRefusal InvalidToken(string description) =>
        new(StatusCodes.Status401Unauthorized, "invalid_token", description);
}
