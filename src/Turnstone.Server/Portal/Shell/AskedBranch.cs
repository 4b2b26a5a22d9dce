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
            var branch = new Lazy<RequestDelegate>(() =>
            {
                var made = app.New();
                configure(made);
                made.Run(next);
                return made.Build();
            });
            return context => asked(context) ? branch.Value(context) : next(context);
        });
}
