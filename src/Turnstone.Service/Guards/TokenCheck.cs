using Turnstone.Limits;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;
using Turnstone.Tokens.Dpop;

namespace Turnstone.Server.Guards;

/// <summary>
/// The access token of a request, of any contract: after <c>Bearer</c> or bare, or after <c>DPoP</c> and with a proof
/// that is bound to the request that the client has sent to the proxy.
/// </summary>
internal sealed class TokenCheck(AccessTokenReader reader, DpopCheck check, RequestLimits limits)
{
    private readonly DpopHeader header = new(check);

    /// <summary>Whether the request brings a token.</summary>
    public static bool IsBrought(HttpRequest request) =>
        !RequestFacts.AccessToken(request, bare: true).IsEmpty
        || !RequestFacts.AccessToken(request, bare: false, DpopHeader.Name).IsEmpty;

    public async ValueTask<(AccessTokenClaims? Claims, JsonAnswer? Refused)> ReadAsync(
        HttpContext context,
        ForwardedCall call,
        string audience
    )
    {
        if (RequestFacts.AccessToken(context.Request, bare: false, DpopHeader.Name) is { IsEmpty: false } bound)
        {
            return await ReadBoundAsync(context, call, audience, bound.ToString());
        }

        var reading = reader.ReadAny(RequestFacts.AccessToken(context.Request, bare: true));
        return !reading.Good(out var claims) ? (null, GuardRefusals.Of(reading.Fault!.Value))
            : claims.Audience != audience ? (null, GuardRefusals.Of(AccessTokenFault.WrongAudience))
            : claims.KeyThumbprint is not null ? (null, GuardRefusals.Of(AccessTokenFault.Bound))
            : (claims, null);
    }

    private async ValueTask<(AccessTokenClaims? Claims, JsonAnswer? Refused)> ReadBoundAsync(
        HttpContext context,
        ForwardedCall call,
        string audience,
        string token
    )
    {
        var reading = reader.ReadAny(token);
        if (!reading.Good(out var claims) || claims.Audience != audience)
        {
            return (null, GuardRefusals.OfBound(reading.Fault ?? AccessTokenFault.WrongAudience));
        }

        if (call is not { Method: { } method, Url: { } url })
        {
            return (null, GuardRefusals.Unbindable);
        }

        if (header.Read(context, url.AbsoluteUri, method) is not { } presented)
        {
            return (null, GuardRefusals.NoProof);
        }

        if (!check.Read(presented, token).Granted(out var proof, out var refusal))
        {
            return (null, GuardRefusals.OfProof(refusal));
        }

        if (claims.KeyThumbprint != proof.KeyThumbprint)
        {
            return (null, GuardRefusals.NotBound);
        }

        // Each that is taken is a row.
        if (limits.Take($"proofs:{claims.SessionId}") is { } tooMany)
        {
            return (null, GuardRefusals.Of(tooMany));
        }

        return await check.SpendAsync(proof, context.RequestAborted) is { } repeated
            ? (null, GuardRefusals.OfProof(repeated))
            : (claims, null);
    }
}
