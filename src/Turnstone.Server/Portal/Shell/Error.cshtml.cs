using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Hosting;

namespace Turnstone.Server.Portal.Shell;

/// <summary>What is shown when a page cannot be: short, and without a word about the inside.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class ErrorPage : PageModel
{
    public int Status { get; private set; }

    public string Title => $"Error{Kind}Title";

    public string Sentence => $"Error{Kind}";

    public string TraceId => RequestTrace.Of(HttpContext);

    private string Kind =>
        Status switch
        {
            StatusCodes.Status400BadRequest => "BadRequest",
            StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => "NotFound",
            StatusCodes.Status503ServiceUnavailable => "Unavailable",
            >= 500 => "Server",
            _ => "Refused",
        };

    public void OnPost() => OnGet();

    public void OnGet()
    {
        // Called by its own name it is a page that is not there.
        Status = HttpContext.Items[PortalMiddleware.ErrorPath] as int? ?? StatusCodes.Status404NotFound;
        Response.StatusCode = Status;
    }
}
