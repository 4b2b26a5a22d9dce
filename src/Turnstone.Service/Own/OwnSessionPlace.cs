using Turnstone.Limits;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Storage;

namespace Turnstone.Server.Own;

/// <summary>
/// What the holder of a token asks about its own session, whichever contract opened it (docs/cli.md): what became of
/// it, which others there are, and that it end. Whoever shows a token of a session hears of that session.
/// </summary>
public static class OwnSessionPlace
{
    public const string Path = "/own/session";
    public const string ListPath = "/own/sessions";

    public static IServiceCollection AddOwnSessions(this IServiceCollection services) =>
        services.AddSingleton<ShownToken>().AddSingleton<SessionStory>().AddSingleton<OwnList>().AddSingleton<OwnEnd>();

    public static void MapOwnSessions(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        Map(HttpMethods.Get, Path, services.GetRequiredService<SessionStory>().AnswerAsync).DescribeStory();
        Map(HttpMethods.Delete, Path, services.GetRequiredService<OwnEnd>().AnswerAsync).DescribeEnd();
        Map(HttpMethods.Get, ListPath, services.GetRequiredService<OwnList>().AnswerAsync).DescribeList();

        IEndpointConventionBuilder Map(string method, string path, Func<HttpContext, ValueTask<JsonAnswer>> answer) =>
            endpoints
                .MapMethods(path, [method], context => RunAsync(context, services, answer))
                // The OpenAPI document lists only what has a method of its own among its metadata.
                .WithMetadata(answer.Method)
                .ShortCircuit();
    }

    private static async Task RunAsync(
        HttpContext context,
        IServiceProvider services,
        Func<HttpContext, ValueTask<JsonAnswer>> answer
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        JsonAnswer said;
        try
        {
            said = await answer(context);
        }
        catch (StoreUnavailableException away)
        {
            services.GetRequiredService<UnavailableLog>().Refused(away, context);
            said = OAuthError.Of(away.Refusal);
        }

        if (said.Invalid && services.GetRequiredService<RequestLimits>().TakeInvalid(context) is { } tooMany)
        {
            said = OAuthError.Of(tooMany);
        }

        await said.ExecuteAsync(context);
    }
}
