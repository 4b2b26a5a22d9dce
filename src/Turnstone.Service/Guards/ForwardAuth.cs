using Microsoft.AspNetCore.Http.Features;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Storage;

namespace Turnstone.Server.Guards;

/// <summary>
/// <c>GET /forward-auth</c>: tells a proxy whether the request that it holds may go on to its API, and whose it is
/// (docs/forward-auth.md).
/// </summary>
internal sealed class ForwardAuth(
    CredentialCheck credentials,
    TrustedProxies proxies,
    Apis apis,
    RequestLimits limits,
    UnavailableLog log
)
{
    public const string Path = "/forward-auth";

    /// <summary>Envoy puts the client's path behind it, so nothing there is a rule.</summary>
    public const string EnvoyPath = Path + "/envoy";

    public async Task InvokeAsync(HttpContext context, string target)
    {
        context.Response.Headers.CacheControl = "no-store";
        JsonAnswer? refused;
        try
        {
            refused = await DecideAsync(context, target);
        }
        catch (StoreUnavailableException unavailable)
        {
            log.Refused(unavailable, context);
            refused = OAuthError.Of(unavailable.Refusal);
        }

        if (refused is { Invalid: true } && limits.TakeInvalid(context) is { } tooMany)
        {
            refused = OAuthError.Of(tooMany);
        }

        await (refused?.ExecuteAsync(context) ?? Task.CompletedTask);
    }

    /// <summary>Null lets the request through: 200, because one proxy takes no other status for a yes.</summary>
    private async ValueTask<JsonAnswer?> DecideAsync(HttpContext context, string target)
    {
        var (rules, call, misdirected) = Read(context, target);
        if (rules is null)
        {
            return misdirected;
        }

        var (caller, refused) = await credentials.ReadAsync(context, call!, rules.Audience);
        if (caller is null)
        {
            return refused;
        }

        if (!rules.Scopes.Within(caller.Scopes))
        {
            return GuardRefusals.LacksScope(rules.Scopes);
        }

        caller.Write(context.Response.Headers);
        context.Response.ContentLength = 0;
        return null;
    }

    private (GuardRules? Rules, ForwardedCall? Call, JsonAnswer? Refused) Read(HttpContext context, string target)
    {
        var request = context.Request;
        var audience = apis.Default.Identifier;
        if (target.StartsWith(EnvoyPath + "/", StringComparison.Ordinal))
        {
            var (rules, wrong) = GuardRules.Read(request.Headers, audience);
            return (rules, ForwardedCall.Of(context, proxies, target[EnvoyPath.Length..]), wrong);
        }

        if (target.Split('?', 2)[0] != Path)
        {
            return (null, null, Misdirected(StatusCodes.Status404NotFound, "There is no such path."));
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return (null, null, Misdirected(StatusCodes.Status405MethodNotAllowed, "This path takes GET, HEAD."));
        }

        var call = ForwardedCall.Of(context, proxies);
        var (asked, refused) = GuardRules.Read(request.Query, audience);

        // A proxy that hands the client's query on would let the client choose the rules.
        return asked is not null && request.QueryString.HasValue && call.Url?.Query == request.QueryString.Value
            ? (null, null, GuardRules.Misconfigured("The query is the one that the client has sent."))
            : (asked, call, refused);
    }

    private static JsonAnswer Misdirected(int status, string description) =>
        OAuthError.Of(status, OAuthError.InvalidRequest, description);
}

/// <summary>The place of the guard among the middleware.</summary>
public static class ForwardAuthPlace
{
    public static IServiceCollection AddGuards(this IServiceCollection services) =>
        services
            .AddSingleton<TokenCheck>()
            .AddSingleton<KeyCheck>()
            .AddSingleton<CredentialCheck>()
            .AddSingleton<ForwardAuth>()
            .AddSingleton<FeedClient>()
            .AddSingleton<RevocationFeed>();

    /// <summary>
    /// Before the trusted proxies are applied, which would hide who the proxy is. The target is looked at as it was
    /// sent: a path whose dots are resolved first could leave the guard for a page that answers 200, and a proxy that
    /// puts the client's path behind ours would take that for a yes.
    /// </summary>
    public static void UseForwardAuth(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var guard = app.ApplicationServices.GetRequiredService<ForwardAuth>();
        app.Use(
            (context, next) =>
            {
                var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
                return IsOurs(target) || context.Request.Path.StartsWithSegments(ForwardAuth.Path)
                    ? guard.InvokeAsync(context, target)
                    : next(context);
            }
        );
    }

    /// <summary>Puts the call into the OpenAPI document; the middleware has answered it before any route.</summary>
    public static void MapForwardAuth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var guard = endpoints.ServiceProvider.GetRequiredService<ForwardAuth>();
        RequestDelegate answer = context =>
            guard.InvokeAsync(context, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        endpoints.MapGet(ForwardAuth.Path, answer).WithMetadata(answer.Method).DescribeForwardAuth();
    }

    private static bool IsOurs(string target) =>
        target.StartsWith(ForwardAuth.Path, StringComparison.OrdinalIgnoreCase)
        && (target.Length == ForwardAuth.Path.Length || target[ForwardAuth.Path.Length] is '/' or '?');
}
