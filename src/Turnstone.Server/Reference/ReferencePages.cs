namespace Turnstone.Server.Reference;

/// <summary>
/// The reference at <c>/reference</c>: Swagger UI over the OpenAPI document of each contract. Its files are in the package; nothing is fetched from elsewhere.
/// </summary>
public static class ReferencePages
{
    /// <param name="app">The application, to whose services the documents were added.</param>
    /// <param name="documents">The names of the documents and their titles, in the order of the list; the first is shown first.</param>
    public static WebApplication MapReference(this WebApplication app, params (string Document, string Title)[] documents)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "reference";
            options.DocumentTitle = "Turnstone reference";
            foreach (var (document, title) in documents)
            {
                options.SwaggerEndpoint($"/openapi/{document}.json", title);
            }
        });
        return app;
    }
}
