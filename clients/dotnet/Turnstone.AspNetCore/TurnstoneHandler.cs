using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.AspNetCore.Feed;
using Turnstone.AspNetCore.Server;
using Turnstone.AspNetCore.Tokens;

namespace Turnstone.AspNetCore;

/// <summary>
/// ASP.NET Core's own check of tokens for a token that was not seen before, and a look into memory for one that was.
/// </summary>
internal sealed class TurnstoneHandler(
    IOptionsMonitor<JwtBearerOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    Guards guards
) : JwtBearerHandler(options, logger, encoder), IAuthenticationRequestHandler
{
    private Guard guard = null!;

    protected override Task InitializeHandlerAsync()
    {
        guard = guards.Of(Scheme.Name);
        return base.InitializeHandlerAsync();
    }

    /// <summary>Answers for the metadata of this API (RFC 9728), which nobody needs a token for.</summary>
    public Task<bool> HandleRequestAsync() => ResourceMetadata.TryAnswerAsync(Context, guard);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Recalled() is { } known ? known.Result : HandleAsync();

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Challenges.WriteAsync(Context, guard, HandleAuthenticateOnceSafeAsync());

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Challenges.WriteForbidden(Context, guard);
        return Task.CompletedTask;
    }

    /// <summary>A bearer token that is known and good now, with nothing beside it: almost every request.</summary>
    private ProvenToken? Recalled() =>
        Credential.After(Request.Headers.Authorization, Credential.Bearer) is { IsEmpty: false } token
        && (!guard.Options.TakesKeys || PresentedKeys.AreAbsent(Request))
        && guard.Feed.IsCurrent
        && TokenDigest.TryOf(token, out var digest)
        && guard.Proven.Find(digest) is { KeyThumbprint: null } known
        && FaultOfTime(known) is null
        && known.StandingBy(guard.Ended) is Standing.Good
            ? known
            : null;

    private async Task<AuthenticateResult> HandleAsync()
    {
        try
        {
            return await ReadAsync();
        }
        catch (IssuerAwayException away)
        {
            return AuthenticateResult.Fail(away.Refusal);
        }
    }

    private async Task<AuthenticateResult> ReadAsync()
    {
        var authorization = Request.Headers.Authorization;
        var bearer = Credential.After(authorization, Credential.Bearer).ToString();
        var bound = Credential.After(authorization, Credential.Bound).ToString();
        var token = bearer.Length > 0 ? bearer : bound;
        var keys = guard.Options.TakesKeys ? PresentedKeys.Of(Request) : new(null, null, null);
        if (authorization.Count > 1 || (token.Length > 0 && keys.ApiKey is not null))
        {
            return AuthenticateResult.Fail(GuardRefusal.Ambiguous);
        }

        var byToken = token.Length > 0 ? await ByTokenAsync(token, bound.Length > 0) : AuthenticateResult.NoResult();
        return keys.IsEmpty || byToken.Failure is not null ? byToken : await BesideAsync(byToken, keys);
    }

    private async Task<AuthenticateResult> ByTokenAsync(string token, bool isBound)
    {
        if (!TokenDigest.TryOf(token, out var digest))
        {
            return AuthenticateResult.Fail(GuardRefusal.Bad);
        }

        if (guard.Proven.Find(digest) is not { } known)
        {
            var (proven, refusal) = await ProveAsync(token);
            if (proven is null)
            {
                return AuthenticateResult.Fail(refusal!);
            }

            known = proven;
            guard.Proven.Add(digest, known);
        }

        return await RefuseAsync(known, token, isBound) is { } refused
            ? AuthenticateResult.Fail(refused)
            : await known.Result;
    }

    private async Task<(ProvenToken? Token, GuardRefusal? Refused)> ProveAsync(string token)
    {
        if (KidOf(token) is not { } kid)
        {
            return (null, GuardRefusal.Bad);
        }

        await guard.Keys.EnsureAsync(kid, Context.RequestAborted);
        Context.Items[typeof(Credential)] = token;
        var result = await base.HandleAuthenticateAsync();
        if (!result.Succeeded)
        {
            var expired = result.Failure is SecurityTokenExpiredException;
            return (null, expired ? GuardRefusal.Expired : GuardRefusal.Bad);
        }

        return ProvenToken.Of(token, Scheme.Name) is { } proven ? (proven, null) : (null, GuardRefusal.Bad);
    }

    /// <summary>What time, others and this request can change about a proven token: asked at every reading.</summary>
    private async ValueTask<GuardRefusal?> RefuseAsync(ProvenToken known, string token, bool isBound)
    {
        if (FaultOfTime(known) is { } late)
        {
            return late;
        }

        var standing = known.StandingBy(guard.Ended);
        if (standing is Standing.Ended || !await StandsAsync(standing, token))
        {
            return GuardRefusal.Bad;
        }

        if (known.KeyThumbprint is not { } thumbprint)
        {
            return isBound ? GuardRefusal.OfProof("The access token is not bound to a key.") : null;
        }

        return !isBound ? GuardRefusal.BoundToKey
            : await guard.Proofs.FaultAsync(Request, token, thumbprint) is { } fault ? GuardRefusal.OfProof(fault)
            : null;
    }

    private ValueTask<bool> StandsAsync(Standing standing, string token) =>
        guard.Feed.IsCurrent && standing is Standing.Good ? new(true)
        : !guard.Feed.IsCurrent && guard.Options.ThenWithoutFeed is WhenFeedIsAway.Refuse
            ? throw new IssuerAwayException("The feed of revocations is away.")
        : new(guard.Server.StandsAsync(token, Context.RequestAborted));

    private GuardRefusal? FaultOfTime(ProvenToken known)
    {
        var now = guard.Options.Time.GetUtcNow().UtcDateTime;
        return now >= known.Ends + guard.Options.Skew ? GuardRefusal.Expired
            : now + guard.Options.Skew < known.Begins || !guard.Keys.Holds(known.Kid) ? GuardRefusal.Bad
            : null;
    }

    // All that is sent has to be good, and of one account.
    private async Task<AuthenticateResult> BesideAsync(AuthenticateResult byToken, PresentedKeys keys)
    {
        if (!keys.IsClear)
        {
            return AuthenticateResult.Fail(GuardRefusal.BadKey);
        }

        var audience = await guard.Keys.AudienceAsync(Context.RequestAborted);
        var byKey = await guard.KnownKeys.ReadAsync(keys, audience, Scheme.Name, Context.RequestAborted);
        return byKey is null ? AuthenticateResult.Fail(GuardRefusal.BadKey)
            : !byToken.Succeeded ? byKey
            : byToken.Principal.FindFirst("sub")?.Value == byKey.Principal!.FindFirst("sub")?.Value ? byToken
            : AuthenticateResult.Fail(GuardRefusal.BadKey);
    }

    private static string? KidOf(string token)
    {
        try
        {
            return new JsonWebToken(token) is { Kid.Length: > 0 } read ? read.Kid : null;
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }
}
