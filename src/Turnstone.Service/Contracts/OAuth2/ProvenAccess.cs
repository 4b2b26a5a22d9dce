using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// The access token of a request, after <c>Bearer</c> (RFC 6750 §2.1), or after <c>DPoP</c> and with a proof of the key
/// that it is bound to (RFC 9449 §7.1). Neither is taken for the other. It may be of any API: a client that asks for a
/// token for one need not ask for another to learn who its user is.
/// </summary>
internal sealed class ProvenAccess(
    AccessTokenReader reader,
    DpopCheck check,
    DpopHeader header,
    RequestLimits limits,
    ClientOrigins origins
)
{
    /// <summary>What the token says, or the answer to one that opens nothing.</summary>
    public async ValueTask<(AccessTokenClaims? Claims, JsonAnswer? Refused)> ReadAsync(HttpContext context, string url)
    {
        var request = context.Request;
        if (RequestFacts.AccessToken(request, bare: false, DpopHeader.Name) is { IsEmpty: false } bound)
        {
            return await ReadBoundAsync(context, bound.ToString(), url);
        }

        var reading = reader.ReadAny(RequestFacts.AccessToken(request, bare: false));
        if (!reading.Good(out var claims))
        {
            ClientOrigins.AllowAnyone(context);
            return (null, Refused(reading.Fault!.Value));
        }

        await origins.AllowAsync(context, claims.ClientId);
        return claims.KeyThumbprint is null ? (claims, null) : (null, Refused(AccessTokenFault.Bound));
    }

    public static JsonAnswer Refused(AccessTokenFault fault) =>
        OAuthError.Of(
            StatusCodes.Status401Unauthorized,
            InvalidToken,
            BearerChallenge.Describe(fault),
            challenge: fault is AccessTokenFault.Bound
                ? DpopHeader.Challenge(InvalidToken, BearerChallenge.Describe(fault))
                : BearerChallenge.For(fault)
        );

    private const string InvalidToken = "invalid_token";

    private async ValueTask<(AccessTokenClaims? Claims, JsonAnswer? Refused)> ReadBoundAsync(
        HttpContext context,
        string token,
        string url
    )
    {
        if (!reader.ReadAny(token).Good(out var claims))
        {
            ClientOrigins.AllowAnyone(context);
            return (null, RefusedProof(InvalidToken, "The access token is not valid. Get another one."));
        }

        // What is wrong with the proof, and the nonce for the next one, the client's page may read.
        await origins.AllowAsync(context, claims.ClientId);
        if (header.Read(context, url) is not { } presented)
        {
            return (null, RefusedProof(DpopCheck.Missing));
        }

        if (!check.Read(presented, token).Granted(out var proof, out var refusal))
        {
            return (null, RefusedProof(refusal));
        }

        // A token that is bound to nothing too: whoever found it could bring a key of his own.
        if (claims.KeyThumbprint != proof.KeyThumbprint)
        {
            return (null, RefusedProof(InvalidToken, "The access token is not bound to the key of the DPoP proof."));
        }

        // Each that is taken is a row.
        if (limits.Take($"proofs:{claims.SessionId}") is { } tooMany)
        {
            return (null, OAuthError.Of(tooMany));
        }

        return await check.SpendAsync(proof, context.RequestAborted) is { } repeated
            ? (null, RefusedProof(repeated))
            : (claims, null);
    }

    private static JsonAnswer RefusedProof(Refusal refusal) =>
        RefusedProof(
            refusal.Code is RefusalCode.UseDpopNonce ? "use_dpop_nonce" : "invalid_dpop_proof",
            $"{refusal.Reason} {refusal.NextStep}"
        );

    private static JsonAnswer RefusedProof(string error, string description) =>
        OAuthError.Of(
            StatusCodes.Status401Unauthorized,
            error,
            description,
            challenge: DpopHeader.Challenge(error, description)
        );
}
