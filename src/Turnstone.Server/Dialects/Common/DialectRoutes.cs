using Turnstone.Grants;

namespace Turnstone.Server.Dialects.Common;

/// <summary>
/// The routes of one contract, and what holds for all of them: nothing is cached, an unavailable store is a 503 in the contract's own shape, and so are
/// a wrong method and an unknown path.
/// </summary>
public sealed class DialectRoutes
{
    private readonly RouteGroupBuilder group;
    private readonly Func<int, string, IResult> misdirected;

    /// <param name="endpoints">Where the contract is mounted.</param>
    /// <param name="prefix">The URL prefix that the contract owns.</param>
    /// <param name="refuse">Renders a refusal in the contract's shape.</param>
    /// <param name="misdirected">Renders a 404 or 405, with a sentence, in the contract's shape.</param>
    public DialectRoutes(IEndpointRouteBuilder endpoints, string prefix, Func<Refusal, IResult> refuse, Func<int, string, IResult> misdirected)
    {
        this.misdirected = misdirected;
        group = endpoints.MapGroup(prefix);
        group.AddEndpointFilter(async (context, next) =>
        {
            var headers = context.HttpContext.Response.Headers;
            headers.CacheControl = "no-store";
            headers.Pragma = "no-cache";
            try
            {
                return await next(context);
            }
            catch (StoreUnavailableException unavailable)
            {
                return refuse(Refusals.Unavailable(unavailable.RetryAfter));
            }
        });
        group.Map("{**rest}", () => misdirected(StatusCodes.Status404NotFound, "There is no such path in this contract."))
            .ExcludeFromDescription().WithOrder(int.MaxValue);
    }

    /// <summary>The group itself, for filters of the contract's own.</summary>
    public RouteGroupBuilder Group => group;

    /// <summary>Maps a call, and every other method of its path to a 405 that names the right one.</summary>
    public RouteHandlerBuilder Map(string method, string path, Delegate handler)
    {
        group.Map(path, (HttpContext context) =>
        {
            context.Response.Headers.Allow = method;
            return misdirected(StatusCodes.Status405MethodNotAllowed, $"This path takes {method}.");
        }).ExcludeFromDescription().WithOrder(int.MaxValue - 1);
        return group.MapMethods(path, [method], handler);
    }
}
