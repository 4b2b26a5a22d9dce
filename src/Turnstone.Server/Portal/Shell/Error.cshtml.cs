using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Shell;

/// <summary>The error page. It says nothing about the inside.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class ErrorPage(TurnstoneSettings settings) : PageModel
{
    /// <summary>Whether it is shown in place of a page that needs https.</summary>
    public bool NeedsHttps => HttpContext.Features.Get<PlainHttp>() is not null;

    /// <summary>Where the pages are for the reader of one that was asked for over http.</summary>
    public string Address => $"{settings.Issuer}{PortalRoutes.Root}";

    public int Status { get; private set; }

    public string Title => $"Error{Kind}Title";

    public string Sentence => $"Error{Kind}";

    public string TraceId => RequestTrace.Of(HttpContext);

    private string Kind =>
        Status switch
        {
            StatusCodes.Status421MisdirectedRequest => "PlainHttp",
            StatusCodes.Status503ServiceUnavailable when NeedsHttps => "NotSetUp",
            StatusCodes.Status400BadRequest => "BadRequest",
            StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => "NotFound",
            StatusCodes.Status503ServiceUnavailable => OutcomeUnknown ? "OutcomeUnknown" : "Unavailable",
            >= 500 => "Server",
            _ => "Refused",
        };

    private bool OutcomeUnknown => HttpContext.Features.Get<StoreUnavailableException>() is { OutcomeUnknown: true };

    public void OnPost() => OnGet();

    public void OnGet()
    {
        // Requested directly, it answers 404.
        Status = HttpContext.Items[PortalMiddleware.ErrorPath] as int? ?? StatusCodes.Status404NotFound;
        Response.StatusCode = Status;
    }
}
