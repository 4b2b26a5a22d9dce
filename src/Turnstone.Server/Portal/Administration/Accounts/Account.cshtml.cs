using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.Accounts;

/// <summary>
/// One account with its subscriptions, keys, clients and sessions, without secrets, and what an administrator can do to
/// it.
/// </summary>
public sealed class AccountPage(
    IAccountStore accounts,
    AccountAdministration administration,
    AccountErasure erasure,
    Endings endings,
    SubscriptionApproval approvals,
    ISubscriptionStore subscriptions,
    AccountHoldings holdings
) : AdministrationPage
{
    public Account Account { get; private set; } = null!;

    public Holdings Holds { get; private set; } = null!;

    /// <summary>A part of a product's name, a key's or a client's.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    /// <summary>The page of the subscriptions, that of keys, that of clients, and where sessions go on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Subscriptions { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Keys { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Clients { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public Listing<(Subscription Subscription, string Product)> ShownSubscriptions =>
        Listing.Of(Holds.Subscriptions, Find, Subscriptions, line => [line.Product, $"{line.Subscription.Id}"]);

    public Listing<ApiKey> ShownKeys => Listing.Of(Holds.ApiKeys, Find, Keys, key => [key.Name, key.Scopes.ToString()]);

    public Listing<Client> ShownClients => Listing.Of(Holds.Clients, Find, Clients, client => [client.Name, client.Id]);

    public bool OffersSearch =>
        !string.IsNullOrEmpty(Find)
        || Holds.Subscriptions.Count + Holds.ApiKeys.Count + Holds.Clients.Count > Listing.Few;

    public bool IsMe => Account.Id == Me.Id;

    public async Task<IActionResult> OnGetAsync([FromRoute] Guid id) => await LoadAsync(id) ? Page() : NotFound();

    public Task<IActionResult> OnPostDisableAsync([FromRoute] Guid id) =>
        ActAsync(id, "Disable", caller => administration.DisableAsync(id, caller, Cancel));

    public Task<IActionResult> OnPostEnableAsync([FromRoute] Guid id) =>
        ActAsync(id, "Enable", caller => administration.EnableAsync(id, caller, Cancel));

    public Task<IActionResult> OnPostMakeAdministratorAsync([FromRoute] Guid id) =>
        ActAsync(
            id,
            "MakeAdministrator",
            caller => administration.SetAdministratorAsync(id, true, caller, Cancel),
            password: true
        );

    public Task<IActionResult> OnPostUnmakeAdministratorAsync([FromRoute] Guid id) =>
        ActAsync(id, "UnmakeAdministrator", caller => administration.SetAdministratorAsync(id, false, caller, Cancel));

    public Task<IActionResult> OnPostResetSecondFactorAsync([FromRoute] Guid id) =>
        ActAsync(
            id,
            "ResetSecondFactor",
            caller => administration.ResetSecondFactorAsync(id, caller, Cancel),
            password: true
        );

    public Task<IActionResult> OnPostEraseAsync([FromRoute] Guid id) =>
        ActAsync(id, "Erase", caller => erasure.EraseAsync(id, caller, Cancel), password: true);

    public async Task<IActionResult> OnPostEndSessionsAsync([FromRoute] Guid id)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (await JustifyAsync("EndSessions") is not { } caller)
        {
            return Page();
        }

        var ended = await endings.EndSessionsAsync(
            new EndTarget.OfAccounts([id]),
            caller,
            nameof(RevocationReason.ByOperator),
            Cancel
        );
        SetNotice(Words.Counted("EndSessionsDone", ended.Sessions ?? new()));
        return Redirect(AdministrationRoutes.Account(id));
    }

    public async Task<IActionResult> OnPostEndSessionAsync([FromRoute] Guid id)
    {
        if (!await LoadAsync(id) || !SessionId.TryParse(Target, out var session))
        {
            return NotFound();
        }

        if (await JustifyAsync("EndSession") is not { } caller)
        {
            return Page();
        }

        SetNotice(
            Words[
                await EndAsync(session.Value, SessionHolder.Account(id), caller) ? "EndSessionDone" : "EndSessionWasSo"
            ]
        );
        return Redirect(AdministrationRoutes.Account(id));
    }

    public Task<IActionResult> OnPostSuspendAsync([FromRoute] Guid id) =>
        MoveAsync(id, "Suspend", approvals.SuspendAsync);

    public Task<IActionResult> OnPostResumeAsync([FromRoute] Guid id) => MoveAsync(id, "Resume", approvals.ResumeAsync);

    private async Task<bool> LoadAsync(Guid id)
    {
        if (await accounts.FindAsync(id, Cancel) is not { } account)
        {
            return false;
        }

        (Account, Holds) = (account, await holdings.OfAsync(id, After, Cancel));
        return true;
    }

    private async Task<IActionResult> ActAsync(
        Guid id,
        string handler,
        Func<Caller, Task<ActOutcome>> act,
        bool password = false
    )
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (await JustifyAsync(handler, password) is not { } caller)
        {
            return Page();
        }

        var outcome = await act(caller);
        if (outcome is not (ActOutcome.Done or ActOutcome.WasSo))
        {
            RefuseAct(Words[$"Outcome{outcome}"]);
            return Page();
        }

        SetNotice(Words[outcome is ActOutcome.Done ? $"{handler}Done" : "OutcomeWasSo", Account.Email]);
        return Redirect(AdministrationRoutes.Account(id));
    }

    /// <summary>The subscription has to belong to this account.</summary>
    private async Task<IActionResult> MoveAsync(
        Guid id,
        string handler,
        Func<Guid, Caller, CancellationToken, string?, Task<Subscription?>> move
    )
    {
        if (
            !Guid.TryParseExact(Target, "D", out var subscription)
            || (await subscriptions.FindAsync(subscription, Cancel))?.AccountId != id
            || !await LoadAsync(id)
        )
        {
            return NotFound();
        }

        if (await JustifyAsync(handler) is not { } caller)
        {
            return Page();
        }

        if (await move(subscription, caller, Cancel, Message) is null)
        {
            RefuseAct(Words["OutcomeOvertaken"]);
            return Page();
        }

        SetNotice(Words[$"{handler}Done"]);
        return Redirect(AdministrationRoutes.Account(id));
    }
}
