using Microsoft.AspNetCore.Http.Features;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Portal.Authorize;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The middleware of every page: security headers, and an error page for exceptions. Other requests do not pass through
/// it.
/// </summary>
public sealed class PortalMiddleware(
    RequestDelegate next,
    UnavailableLog unavailable,
    RequestLimits limits,
    PagesNeedHttps https,
    ILogger<PortalMiddleware> log
)
{
    public const string ErrorPath = $"{PortalRoutes.Root}/error";

    public async Task InvokeAsync(HttpContext context, ContentPolicy policy, IHttpContextAccessor accessor)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(accessor);
        accessor.HttpContext = context;
        try
        {
            await AnswerAsync(context, policy);
        }
        finally
        {
            // The connection's next request reuses the same context objects: code that still runs must not see them.
            accessor.HttpContext = null;
        }
    }

    private async Task AnswerAsync(HttpContext context, ContentPolicy policy)
    {
        var (method, path) = (context.Request.Method, context.Request.Path);
        context.Response.OnStarting(() =>
        {
            // Decided by the path, because antiforgery tokens set their own Cache-Control.
            if (!path.StartsWithSegments(Assets.Root) || context.Response.StatusCode != StatusCodes.Status200OK)
            {
                policy.WriteTo(context.Response.Headers);
            }

            return Task.CompletedTask;
        });
        try
        {
            var refused =
                https.RefusalOf(context) ?? await PageForm.RefusalAsync(context.Request, context.RequestAborted);
            if (refused is not null)
            {
                context.Response.StatusCode = refused.Value;
            }
            else
            {
                await next(context);
            }
        }
        catch (StoreUnavailableException away) when (!context.Response.HasStarted)
        {
            unavailable.Refused(away, context);
            context.Features.Set(away);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter =
                $"{new Refusal(RefusalCode.Unavailable, "", "", away.RetryAfter).RetryAfterSeconds ?? 1}";
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = bad.StatusCode;
        }
#pragma warning disable CA1031 // the last handler: an error page instead of a dropped connection
        catch (Exception problem)
            when (!context.Response.HasStarted
                && !context.RequestAborted.IsCancellationRequested
                && !ClientGone.Is(problem, context)
            )
#pragma warning restore CA1031
        {
            log.RequestFailed(problem, method, path.Value ?? "", RequestTrace.Of(context));
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
        {
            await (
                InvalidRequests.Is(context.Response.StatusCode) && limits.TakeInvalid(context) is { } tooMany
                    ? TellAsync(context, tooMany)
                    : ShowErrorAsync(context)
            );
        }
    }

    /// <summary>A sentence instead of the error page, whose work is what the limit saves.</summary>
    private static Task TellAsync(HttpContext context, Refusal tooMany)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = $"{tooMany.RetryAfterSeconds ?? 1}";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{tooMany.Reason} {tooMany.NextStep}\n", context.RequestAborted);
    }

    /// <summary>Runs the request again for the error page, which reads the status from the items.</summary>
    private async Task ShowErrorAsync(HttpContext context)
    {
        var (method, path, status) = (context.Request.Method, context.Request.Path, context.Response.StatusCode);
        context.SetEndpoint(null);
        context.Features.Get<IRouteValuesFeature>()?.RouteValues.Clear();
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = ErrorPath;
        context.Items[ErrorPath] = status;
        try
        {
            await next(context);
        }
        finally
        {
            (context.Request.Method, context.Request.Path) = (method, path);
        }
    }

    /// <summary>
    /// Whether the request is for a page: everything under the portal's root, and the authorization endpoints.
    /// </summary>
    public static bool IsPage(PathString path, AuthorizePaths authorize)
    {
        ArgumentNullException.ThrowIfNull(authorize);
        return path.StartsWithSegments(PortalRoutes.Root) || authorize.Has(path);
    }
}
