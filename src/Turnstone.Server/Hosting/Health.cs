namespace Turnstone.Server.Hosting;

/// <summary>
/// Whether the process runs, and whether it can serve requests. The answer says nothing about the inside.
/// </summary>
public static class Health
{
    // Some load balancers use HEAD.
    private static readonly string[] Probing = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup("/health").ExcludeFromDescription();
        health.MapMethods("/live", Probing, () => Results.Json(new { status = "live" }));
        health.MapMethods("/ready", Probing, ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(Readiness readiness, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var wrong = (await readiness.CheckAsync(context.RequestAborted))
            .Where(check => !check.Good)
            .ToLookup(check => check.Vital, check => check.Name);
        List<string> missing = [.. wrong[true]];
        List<string> warnings = [.. wrong[false]];
        return missing.Count == 0 && warnings.Count == 0 ? Results.Json(new { status = "ready" })
            : missing.Count == 0 ? Results.Json(new { status = "ready", warnings })
            : Results.Json(new { status = "not ready", missing }, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
