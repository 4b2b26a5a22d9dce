using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.AspNetCore.Feed;

namespace Turnstone.AspNetCore.Tokens;

/// <summary>What is settled about a token whose signature, issuer and audience are proven.</summary>
internal sealed class ProvenToken
{
    // The version and the answer in one, so that no two threads can mix theirs.
    private long judged = -1;

    private ProvenToken(JsonWebToken token, TokenHolders holders, string? keyThumbprint, string scheme)
    {
        (Kid, Ends, Holders, KeyThumbprint) = (token.Kid, token.ValidTo, holders, keyThumbprint);
        Begins = token.ValidFrom > token.IssuedAt ? token.ValidFrom : token.IssuedAt;
        var principal = new SharedPrincipal(new SharedIdentity(token.Claims, scheme));
        var ticket = new AuthenticationTicket(principal, new() { ExpiresUtc = Ends }, scheme);
        Result = Task.FromResult(AuthenticateResult.Success(ticket));
    }

    public string Kid { get; }

    public DateTime Begins { get; }

    public DateTime Ends { get; }

    public TokenHolders Holders { get; }

    /// <summary>The key that it is bound to (RFC 9449); null for a bearer token.</summary>
    public string? KeyThumbprint { get; }

    /// <summary>The caller, the same at every request: nothing is made for one.</summary>
    public Task<AuthenticateResult> Result { get; }

    public ClaimsPrincipal Caller => Result.Result.Principal!;

    /// <summary>Null for a token that has not all that a Turnstone server writes.</summary>
    public static ProvenToken? Of(string text, string scheme)
    {
        var token = new JsonWebToken(text);
        return
            token is { Kid.Length: > 0, Subject.Length: > 0, Id.Length: > 0 }
            && token.ValidTo != DateTime.MinValue
            && token.IssuedAt != DateTime.MinValue
            && TokenHolders.Of(token) is { } holders
            && BindingOf(token, out var thumbprint)
            ? new(token, holders, thumbprint, scheme)
            : null;
    }

    /// <summary>Whether what has ended refuses it. Asked anew only when something has.</summary>
    public Standing StandingBy(Ended ended)
    {
        var version = ended.Version;
        var known = Volatile.Read(ref judged);
        if (known >> 2 == version)
        {
            return (Standing)(known & 3);
        }

        var standing = ended.Judge(Holders);
        Volatile.Write(ref judged, (version << 2) | (long)standing);
        return standing;
    }

    // A token that is bound in a way that is not understood must not pass as one that is not bound.
    private static bool BindingOf(JsonWebToken token, out string? thumbprint)
    {
        thumbprint = null;
        if (!token.TryGetPayloadValue<System.Text.Json.JsonElement>("cnf", out var confirmation))
        {
            return !token.TryGetClaim("cnf", out _);
        }

        thumbprint =
            confirmation.ValueKind is System.Text.Json.JsonValueKind.Object
            && confirmation.TryGetProperty("jkt", out var key)
            && key.ValueKind is System.Text.Json.JsonValueKind.String
                ? key.GetString()
                : null;
        return thumbprint is { Length: > 0 };
    }
}
