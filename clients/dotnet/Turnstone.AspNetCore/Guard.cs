using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Turnstone.AspNetCore.Dpop;
using Turnstone.AspNetCore.Feed;
using Turnstone.AspNetCore.Keys;
using Turnstone.AspNetCore.Server;
using Turnstone.AspNetCore.Tokens;

namespace Turnstone.AspNetCore;

/// <summary>What one scheme knows: the issuer's keys, the tokens that are proven, and what has been revoked.</summary>
internal sealed class Guard : IDisposable
{
    private static readonly string[] Types = ["at+jwt", "application/at+jwt", "JWT"];
    private static readonly string[] Algorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256];

    public Guard(TurnstoneOptions options)
    {
        Options = options;
        Server = new(options);
        Keys = new(options, Server);
        Proven = new(options.RememberedTokens);
        Ended = new();
        Feed = new(options);
        Proofs = new(options.Time);
        KnownKeys = new(Server, Feed, options.Time);
    }

    public TurnstoneOptions Options { get; }

    public IssuerServer Server { get; }

    public IssuerKeys Keys { get; }

    public ProvenTokens Proven { get; }

    public Ended Ended { get; }

    public FeedState Feed { get; }

    public ProofCheck Proofs { get; }

    public KeyCheck KnownKeys { get; }

    /// <summary>What ASP.NET Core's own check of tokens is told; the rest is the handler's.</summary>
    public void Configure(JwtBearerOptions jwt)
    {
        jwt.ConfigurationManager = Keys;
        jwt.RefreshOnIssuerKeyNotFound = false;
        jwt.MapInboundClaims = false;
        jwt.Events ??= new();
        jwt.Events.OnMessageReceived = context =>
        {
            context.Token = (context.HttpContext.Items[typeof(Credential)] as string) ?? context.Token;
            return Task.CompletedTask;
        };
        var rules = jwt.TokenValidationParameters;
        (rules.ValidTypes, rules.ValidAlgorithms) = (Types, Algorithms);
        (rules.NameClaimType, rules.RoleClaimType) = ("sub", "roles");
        rules.ValidIssuer = Options.Issuer;
        rules.AudienceValidator = (audiences, _, _) =>
            Keys.Audience is { } audience && audiences.Contains(audience, StringComparer.Ordinal);
        rules.LifetimeValidator = LivesNow;
    }

    public void Dispose() => Server.Dispose();

    // By the clock that is given, with two answers to tell apart.
    private bool LivesNow(DateTime? begins, DateTime? ends, SecurityToken token, TokenValidationParameters rules)
    {
        var now = Options.Time.GetUtcNow().UtcDateTime;
        if (ends is not { } end)
        {
            return false;
        }

        return now < end + Options.Skew
            ? begins is not { } begin || now + Options.Skew >= begin
            : throw new SecurityTokenExpiredException("The token has expired.");
    }
}
