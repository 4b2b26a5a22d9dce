using Turnstone.Server.Portal;

namespace Turnstone.Server.Reference;

/// <summary>
/// The reference: Swagger UI over the OpenAPI document of each contract, in a page of the portal. Its files are in the
/// package and in this program; nothing is fetched from elsewhere.
/// </summary>
public static class ReferencePages
{
    public const string Root = "/reference";

    /// <summary>The page itself is one of the portal, with its middleware, its languages and its policy.</summary>
    public const string Page = $"{PortalRoutes.Root}/reference";

    // Of all that the package brings, its own page among them, this is what ours needs.
    private static readonly PathString[] Package = [$"{Root}/swagger-ui.css", $"{Root}/swagger-ui-bundle.js"];

    /// <param name="services">The services, to which the documents themselves are added by their contracts.</param>
    /// <param name="documents">The names of the documents and their titles.</param>
    public static IServiceCollection AddReference(
        this IServiceCollection services,
        params (string Document, string Title)[] documents
    ) =>
        services
            .AddSingleton(
                new ReferenceDocuments([
                    .. documents.Select(document => new ReferenceDocument(document.Document, document.Title)),
                ])
            )
            .AddScoped<ReferenceToken>();

    public static WebApplication MapReference(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapGet(Root, ToPage).ExcludeFromDescription();
        app.MapGet($"{Root}/index.html", ToPage).ExcludeFromDescription();
        foreach (var file in ReferenceFile.All)
        {
            app.MapGet(file.Url, file.Answer).ExcludeFromDescription();
        }

        app.MapPost(ReferenceToken.Path, (Delegate)ReferenceToken.AnswerAsync)
            .RequireAuthorization()
            .ExcludeFromDescription();
        app.UseWhen(
            context => Package.Contains(context.Request.Path),
            files => files.UseSwaggerUI(options => options.RoutePrefix = Root[1..])
        );
        return app;
    }

    // Links to the reference were given out before it was a page of the portal, with the document's title in the query.
    private static IResult ToPage(HttpRequest request) => Results.LocalRedirect($"{Page}{request.QueryString}");
}
