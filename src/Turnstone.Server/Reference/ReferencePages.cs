using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Portal;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Reference;

/// <summary>
/// The reference: Swagger UI for the OpenAPI document of each contract, in a portal page. All files come from the
/// package and this program.
/// </summary>
public static class ReferencePages
{
    public const string Root = ReferenceLink.Root;

    /// <summary>The page is a portal page, with the portal's middleware, languages and policy.</summary>
    public const string Page = $"{PortalRoutes.Root}/reference";

    // The files of the package that our page needs.
    private static readonly PathString[] Package = [$"{Root}/swagger-ui.css", $"{Root}/swagger-ui-bundle.js"];

    public static IServiceCollection AddReference(this IServiceCollection services) =>
        services
            .AddSingleton<OwnDocuments>()
            .AddSingleton<IPreparationStep>(all => all.GetRequiredService<OwnDocuments>())
            .AddSingleton<ReferenceDocuments>()
            .AddScoped<ReferenceToken>();

    public static WebApplication MapReference(this WebApplication app)
    {
        app.MapContractDocuments();
        app.MapAnswer(
            $"{OwnDocuments.Root}/{{name}}.json",
            context => context.RequestServices.GetRequiredService<OwnDocuments>().Answer(PortalRoutes.NameOf(context))
        );
        app.MapAnswer(
            $"{OwnDocuments.PreviewRoot}/{{name}}.json",
            context =>
                context.RequestServices.GetRequiredService<OwnDocuments>().AnswerPreview(PortalRoutes.NameOf(context))
        );
        app.MapAnswer(Root, ToPage);
        app.MapAnswer($"{Root}/index.html", ToPage);
        foreach (var file in ReferenceFile.All)
        {
            app.MapAnswer(file.Url, file.Answer);
        }

        app.MapPost(
                ReferenceToken.Path,
                async context => await (await ReferenceToken.AnswerAsync(context)).ExecuteAsync(context)
            )
            .RequireAuthorization()
            .ExcludeFromDescription();
        app.UseWhenAsked(
            context => Package.Contains(context.Request.Path),
            files => files.UseSwaggerUI(options => options.RoutePrefix = Root[1..])
        );
        return app;
    }

    // Older links to the reference have the document's title in the query.
    private static IResult ToPage(HttpContext context) =>
        Results.LocalRedirect($"{Page}{QueryString.Create(context.Request.Query)}");
}
