namespace Turnstone.Server.Portal.Shell;

/// <summary>Middleware that is put together when the first request needs it.</summary>
internal static class AskedBranch
{
    /// <summary>As <c>UseWhen</c>, but what it configures takes no memory before a request takes the branch.</summary>
    public static IApplicationBuilder UseWhenAsked(
        this IApplicationBuilder app,
        Func<HttpContext, bool> asked,
        Action<IApplicationBuilder> configure
    ) =>
        app.Use(next =>
        {
            // Made twice by two requests at once rather than remembered as failed.
            var branch = new Lazy<RequestDelegate>(Make, LazyThreadSafetyMode.PublicationOnly);
            return context => asked(context) ? branch.Value(context) : next(context);

            RequestDelegate Make()
            {
                var made = app.New();
                configure(made);
                made.Run(next);
                return made.Build();
            }
        });
}
