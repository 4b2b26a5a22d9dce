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
        health.MapMethods("/live", Probing, context => AnswerAsync(context, new HealthAnswer("live")));
        health.MapMethods("/ready", Probing, ReadyAsync);
        health.MapGet(
            SeenByServer.Path["/health".Length..],
            context => context.RequestServices.GetRequiredService<SeenByServer>().AnswerAsync(context)
        );
    }

    private static async Task ReadyAsync(HttpContext context)
    {
        var readiness = context.RequestServices.GetRequiredService<Readiness>();
        context.Response.Headers.CacheControl = "no-store";
        var wrong = (await readiness.CheckAsync(context.RequestAborted))
            .Where(check => !check.Good)
            .ToLookup(check => check.Vital, check => check.Name);
        List<string> missing = [.. wrong[true]];
        List<string> warnings = [.. wrong[false]];
        if (missing.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await AnswerAsync(context, new HealthAnswer("not ready") { Missing = missing });
            return;
        }

        await AnswerAsync(context, new HealthAnswer("ready") { Warnings = warnings.Count > 0 ? warnings : null });
    }

    private static Task AnswerAsync(HttpContext context, HealthAnswer answer) =>
        context.Response.WriteAsJsonAsync(answer, HostJson.Web.HealthAnswer);
}
