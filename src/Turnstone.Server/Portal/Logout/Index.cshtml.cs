using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Directory;
using Turnstone.Revocation;
using Turnstone.Server.Portal.Authorize;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Logout;

/// <summary>
/// A client signs its user out (OpenID Connect RP-Initiated Logout): the sign-in of this browser ends, and what the
/// client has got from it. The request stays in the page's URL, so a decision carries it along and it is checked again.
/// </summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken] // other sites may post a request (§2); a decision's token is checked below
public sealed class LogoutPage(
    ClientDirectory clients,
    IdTokenHintReader hints,
    PairwiseSubjects subjects,
    SignInSessions sessions,
    AccountSignIn signIn,
    ContentPolicy policy,
    IAntiforgery antiforgery
) : PortalPage
{
    private const string Decision = "decision";

    /// <summary>What is asked; null if nobody has to be asked any more.</summary>
    public LogoutRequest? Question { get; private set; }

    /// <summary>Whether the request contradicts itself, or cannot be read.</summary>
    public bool Wrong { get; private set; }

    /// <summary>Whether the client has sent an address that it has not registered.</summary>
    public bool UnknownAddress { get; private set; }

    public string? Email => PortalSession.AccountOf(HttpContext)?.Email;

    public async Task<IActionResult> OnGetAsync() =>
        await ReadAsync() is not { } request ? Stay()
        : request.Asks ? Ask(request)
        : await EndAsync(request);

    public async Task<IActionResult> OnPostAsync()
    {
        if (!Request.HasFormContentType)
        {
            return Stay();
        }

        var form = await Request.ReadFormAsync(Cancel);
        if (!form.TryGetValue(Decision, out var decision))
        {
            // As at the authorization endpoint: browsers send our cookies with the equivalent URL.
            var query = $"?{SentParameters.QueryOf(form)}";
            return SentParameters.Read(query) is null ? Stay() : Redirect(Request.Path + query);
        }

        if (await ReadAsync() is not { } request)
        {
            return Stay();
        }

        return !await antiforgery.IsRequestValidAsync(HttpContext) ? StatusCode(StatusCodes.Status400BadRequest)
            : decision == "sign-out" ? await EndAsync(request)
            : Redirect(PortalRoutes.Root);
    }

    private async Task<LogoutRequest?> ReadAsync() =>
        SentParameters.Read(Request.QueryString.ToString()) is { } parameters
            ? await LogoutRequest.ReadAsync(
                parameters,
                PortalSession.AccountOf(HttpContext),
                hints,
                clients,
                subjects,
                Cancel
            )
            : null;

    private async Task<IActionResult> EndAsync(LogoutRequest request)
    {
        var account = PortalSession.AccountOf(HttpContext);
        if (request.Client is { } client)
        {
            if (account is not null && PortalSession.SignedIn(HttpContext) is { Id: { } id })
            {
                await sessions.EndAsync(id, account.Id, client.Id, Caller, Cancel);
            }

            if (request.Hint is { SessionId: { } named } hint && !request.Asks)
            {
                await sessions.EndNamedAsync(named, hint.Subject, client.Id, Caller, Cancel);
            }
        }

        if (account is not null)
        {
            await signIn.SignOutAsync();
        }

        UnknownAddress = request.UnknownAddress;
        return request.Continue is { } address ? Redirect(address) : Page();
    }

    private PageResult Ask(LogoutRequest request)
    {
        Question = request;
        if (request.Continue is { } address)
        {
            policy.AllowFormTo(new Uri(address));
        }

        return Page();
    }

    private PageResult Stay()
    {
        (Wrong, Response.StatusCode) = (true, StatusCodes.Status400BadRequest);
        return Page();
    }
}
