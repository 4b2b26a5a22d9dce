using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Directory.Metadata;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The authorization endpoint: sign-in, consent, code. The request stays in the page's URL, so a decision carries it
/// along and it is checked again. Anonymous, because a request is verified before anyone is asked to sign in.
/// </summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken] // other sites may post a request (OIDC Core §3.1.2.1); a decision's token is checked below
public sealed class AuthorizePage(
    ClientDirectory clients,
    PairwiseSubjects subjects,
    MetadataClients described,
    IAccountStore accounts,
    Authorizations authorizations,
    SignInRoundTrip trip,
    SignInLevelCheck levels,
    TakenRequests taken,
    ContentPolicy policy,
    Apis apis,
    ScopeMeanings meanings,
    IdTokenHintReader hints,
    IssuerAndAudience issuer,
    TurnstoneSettings settings,
    IStringLocalizer<AuthorizeWords> words,
    IAntiforgery antiforgery,
    TimeProvider time
) : PortalPage
{
    private const string Decision = "decision";

    /// <summary>Why the user is not redirected; null if the client could be verified.</summary>
    public UnprovenReason? Unproven { get; private set; }

    /// <summary>What the client's developer has to mend; null if there is nothing to tell.</summary>
    public string? UnprovenDetail { get; private set; }

    /// <summary>The question; null if none is needed.</summary>
    public ConsentQuestion? Question { get; private set; }

    /// <summary>What the page posts to the client instead of a redirect; null if it does not.</summary>
    public ClientAnswer? Posted { get; private set; }

    /// <summary>Where the page continues to instead of a redirect; null if it does not.</summary>
    public string? Onward { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (Sent() is { } sent && Rules.TakesPushed && PushedRequests.IsName(sent["request_uri"]))
        {
            return await taken.TakeAsync(sent, Cancel) is { } onward
                ? Redirect(Request.Path + onward)
                : Stay(UnprovenReason.NotPushed);
        }

        var reading = await ReadAsync();
        return reading is SoundRequest { Request: var request } ? await HandleAsync(request) : Answer(reading);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FormAsync() is not { } form)
        {
            return Stay(UnprovenReason.Unreadable);
        }

        if (form.TryGetValue(Decision, out var decision))
        {
            return await DecideAsync(decision.ToString(), form);
        }

        // A request in a form is redirected to the equivalent URL: browsers send our cookies with that, and it can be
        // the return URL of a sign-in.
        var query = $"?{SentParameters.QueryOf(form)}";
        return SentParameters.Read(query) is null ? Stay(UnprovenReason.Unreadable) : Redirect(Request.Path + query);
    }

    /// <summary>
    /// Answers at once if nothing has to be asked, shows the question otherwise, and refuses if <c>prompt=none</c>
    /// forbids it.
    /// </summary>
    private async Task<IActionResult> HandleAsync(AuthorizationRequest request)
    {
        if (SignedIn(request) is not { } account)
        {
            return request.Silent
                ? Refuse(request.ReplyTo, "login_required", "Nobody is signed in, or not lately enough.")
                : Redirect(trip.Begin(Request, request.LoginHint));
        }

        var remembered = !request.AskAgain && await authorizations.RemembersAsync(request, account, Cancel);
        if (await OtherPersonAsync(request, account, remembered) is { } other)
        {
            return other;
        }

        if (await RaiseAsync(request, account) is { } raise)
        {
            return raise;
        }

        return remembered && request.ClientAssured ? await GrantAsync(request, account)
            : !request.Silent ? await AskAsync(request, account)
            : remembered
                ? Refuse(
                    request.ReplyTo,
                    "interaction_required",
                    "Any program could call itself this client, so its user is asked every time."
                )
            : Refuse(request.ReplyTo, "consent_required", "The user has not consented to this.");
    }

    private async Task<IActionResult> DecideAsync(string decision, IFormCollection form)
    {
        var reading = await ReadAsync();
        if (reading is not SoundRequest { Request: var request })
        {
            return Answer(reading);
        }

        if (SignedIn(request) is not { } account)
        {
            return Redirect(trip.Begin(Request, request.LoginHint));
        }

        if (await OtherPersonAsync(request, account, remembered: false) is { } other)
        {
            return other;
        }

        if (await RaiseAsync(request, account) is { } raise)
        {
            return raise;
        }

        if (!await antiforgery.IsRequestValidAsync(HttpContext))
        {
            return StatusCode(StatusCodes.Status400BadRequest);
        }

        switch (decision)
        {
            case "allow" when ConsentChoice.Read(form, request.Scopes) is { } choice:
                return await AllowAsync(request, choice, account);
            case "deny":
                return Refuse(request.ReplyTo, "access_denied", "The user has said no.");
            default:
                return await AskAsync(request, account);
        }
    }

    private async Task<IActionResult> AllowAsync(AuthorizationRequest request, ConsentChoice choice, Account account)
    {
        if (choice.IsEmpty(request.Scopes))
        {
            return Refuse(request.ReplyTo, "access_denied", "The user has allowed nothing of what was asked.");
        }

        var chosen = request with { Scopes = choice.Scopes };
        await authorizations.GiveAsync(chosen, account, Caller, Cancel, choice.Life, meanings.Of);
        return await GrantAsync(chosen, account);
    }

    private AuthorizationRules Rules =>
        HttpContext.GetEndpoint()?.Metadata.GetMetadata<AuthorizationRules>()
        ?? throw new InvalidOperationException("No contract gives codes at this path.");

    private AuthorizationParameters? Sent() => SentParameters.Read(Request.QueryString.ToString());

    private async Task<AuthorizationReading> ReadAsync()
    {
        if (Sent() is not { } parameters)
        {
            return new UnprovenRequest(UnprovenReason.Unreadable);
        }

        if (Rules.TakesPushed && !parameters.Repeated && TakenRequests.IsNamed(parameters))
        {
            if (taken.Open(parameters) is not { } pushed)
            {
                return new UnprovenRequest(UnprovenReason.NotPushed);
            }

            parameters = pushed;
        }

        var rules = Rules with { MustPush = Rules.TakesPushed && settings.RequirePushedAuthorizationRequests };
        var id = parameters["client_id"];
        if (!Rules.TakesDescribed || !ClientIdUrl.Looks(id))
        {
            return Hinted(
                AuthorizationCheck.Read(parameters, await clients.FindAsync(id, Cancel), rules, apis),
                parameters
            );
        }

        var (client, problem) = await described.ReadAsync(id, Caller, Cancel);
        return problem is null
            ? Hinted(AuthorizationCheck.Read(parameters, client, rules, apis), parameters)
            : new UnprovenRequest(UnprovenReason.NotDescribed, problem);
    }

    // Who is named by an ID token is the only one who is let in (OpenID Connect Core §3.1.2.2), as by the claim sub.
    private AuthorizationReading Hinted(AuthorizationReading reading, AuthorizationParameters parameters) =>
        reading is not SoundRequest { Request: { Rules.TakesClaims: true } request }
        || parameters["id_token_hint"] is not { } text
            ? reading
        : hints.TryRead(text, out var hint) && hint.ClientId == request.Client.Id
            ? new SoundRequest(request with { Claims = request.Claims.For(hint.Subject) })
        : new RefusedRequest(
            request.ReplyTo,
            "invalid_request",
            "The id_token_hint is no ID token that this server has given the client. Leave it out."
        );

    private async Task<IFormCollection?> FormAsync() =>
        Request.HasFormContentType ? await Request.ReadFormAsync(Cancel) : null;

    /// <summary>The signed-in account, if the sign-in is recent enough for this request.</summary>
    private Account? SignedIn(AuthorizationRequest request) =>
        PortalSession.AccountOf(HttpContext) is { } account
        && request.Accepts(PortalSession.SignedInAt(HttpContext), trip.AskedAt(Request), time.GetUtcNow())
            ? account
            : null;

    /// <summary>
    /// Once to the sign-in, where the client wants somebody else than is signed in; null where it does not. Nothing of
    /// who is signed in is told to a client that this person has not let in.
    /// </summary>
    private async Task<IActionResult?> OtherPersonAsync(
        AuthorizationRequest request,
        Account account,
        bool remembered
    ) =>
        request.Claims.Allows(await subjects.OfAsync(request.Client, account.Id, Cancel)) ? null
        : request.Silent && !remembered
            ? Refuse(request.ReplyTo, "consent_required", "The user has not consented to this.")
        : request.Silent || trip.AskedAt(Request) is not null
            ? Refuse(request.ReplyTo, "login_required", "Somebody else is signed in than the claims ask for.")
        : Redirect(trip.Begin(Request, hint: null));

    /// <summary>
    /// To the second factor, or back to the client if that is not possible (RFC 9470 §5); null if none is needed.
    /// </summary>
    private async Task<IActionResult?> RaiseAsync(AuthorizationRequest request, Account account) =>
        SignInLevelCheck.Reaches(HttpContext, request.Level) ? null
        : !await levels.CanReachAsync(account, request.Level, Cancel)
            ? Refuse(
                request.ReplyTo,
                "unmet_authentication_requirements",
                $"The account has no way to sign in by {request.Level.NameOf()}. Its user can add one in the profile."
            )
        : request.Silent ? Refuse(request.ReplyTo, "login_required", "The user has to sign in more surely.")
        : Redirect(trip.StepUp(Request, request.Level));

    private async Task<IActionResult> GrantAsync(AuthorizationRequest request, Account account) =>
        (await authorizations.CodeAsync(request, account, PortalSession.SignedIn(HttpContext), Caller, Cancel)).Granted(
            out var code,
            out var refusal
        )
            ? Send(ClientAnswer.WithCode(request.ReplyTo, code, issuer.Issuer))
            : Refuse(
                request.ReplyTo,
                refusal.Code is RefusalCode.TooManyAttempts ? "temporarily_unavailable" : "access_denied",
                $"{refusal.Reason} {refusal.NextStep}"
            );

    private async Task<IActionResult> AskAsync(AuthorizationRequest request, Account account)
    {
        Question = new ConsentQuestion
        {
            Asked = await AskedFor.OfAsync(request.Client, request.Scopes, request.Resources, apis, accounts, Cancel),
            Details = AskedDetail.Of(request.Details, apis, words),
            Target = new Uri(request.ReplyTo.RedirectUri),
            MayActAsCompany = request.MayActAsCompany,
            Email = account.Email,
            OtherAccount = trip.Begin(Request, hint: null),
        };

        policy.AllowFormTo(Question.Target);
        return Page();
    }

    private IActionResult Answer(AuthorizationReading reading) =>
        reading switch
        {
            RefusedRequest refused => Refuse(refused.To, refused.Error, refused.Reason),
            UnprovenRequest unproven => Stay(unproven.Reason, unproven.Detail),
            _ => throw new InvalidOperationException("A valid request is handled elsewhere."),
        };

    private PageResult Stay(UnprovenReason reason, string? detail = null)
    {
        (Unproven, UnprovenDetail, Response.StatusCode) = (reason, detail, StatusCodes.Status400BadRequest);
        return Page();
    }

    private IActionResult Refuse(ReplyAddress to, string error, string reason) =>
        Send(ClientAnswer.WithError(to, error, reason, issuer.Issuer));

    private IActionResult Send(ClientAnswer answer)
    {
        if (answer.To.ByForm)
        {
            Posted = answer;
            policy.AllowFormTo(new Uri(answer.To.RedirectUri));
            return Page();
        }

        var address = answer.Address;

        // Right after a sign-in, browsers apply the sign-in page's <c>form-action</c> to a redirect, which allows no
        // other origin. A page in between avoids that.
        if (HttpMethods.IsGet(Request.Method) && SignInRoundTrip.HasReturned(Request))
        {
            Onward = address;
            Response.Headers["Refresh"] = $"0;url={address}";
            return Page();
        }

        return Redirect(address);
    }
}
