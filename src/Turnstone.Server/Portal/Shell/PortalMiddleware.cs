using Microsoft.AspNetCore.Http.Features;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Portal.Authorize;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// Comes first at every page: writes its headers, and answers with a page of ours for what goes wrong behind it. No
/// other path goes through it.
/// </summary>
public sealed class PortalMiddleware(
    RequestDelegate next,
    UnavailableLog unavailable,
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
            // The connection's next request uses the same objects: whatever still runs must not take them for its own.
            accessor.HttpContext = null;
        }
    }

    private async Task AnswerAsync(HttpContext context, ContentPolicy policy)
    {
        var (method, path) = (context.Request.Method, context.Request.Path);
        context.Response.OnStarting(() =>
        {
            // By the path, not by what stands in a header already: a form's antiforgery token brings a Cache-Control of
            // its own.
            if (!path.StartsWithSegments(Assets.Root) || context.Response.StatusCode != StatusCodes.Status200OK)
            {
                policy.WriteTo(context.Response.Headers);
            }

            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        catch (StoreUnavailableException away) when (!context.Response.HasStarted)
        {
            unavailable.Refused(away, context);
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
#pragma warning disable CA1031 // the last one to catch: a page of ours instead of a dropped connection
        catch (Exception problem) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.RequestFailed(problem, method, path.Value ?? "", RequestTrace.Of(context));
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
        {
            await ShowErrorAsync(context);
        }
    }

    /// <summary>Runs the request again as one for the error page, which finds the status where it is.</summary>
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
    /// Whether it is one of the portal's own: everything under its root, and where other programs send their users to.
    /// </summary>
    public static bool IsPage(HttpContext context) =>
        context.Request.Path.StartsWithSegments(PortalRoutes.Root) || AuthorizePaths.Has(context.Request.Path);
}
