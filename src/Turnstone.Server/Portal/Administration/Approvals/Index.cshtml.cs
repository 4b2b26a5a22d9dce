using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.Approvals;

/// <summary>A subscription with its account and product.</summary>
public sealed record SubscriptionLine(Subscription Subscription, string Email, string Product);

/// <summary>Subscriptions that wait for approval, and suspended ones.</summary>
public sealed class ApprovalsPage(ISubscriptionStore subscriptions, SubscriptionApproval approvals, Names names)
    : AdministrationPage
{
    private const string Path = $"{AdministrationRoutes.Root}/approvals";

    /// <summary>The most that are read of a state: the oldest.</summary>
    public const int Shown = 500;

    /// <summary>A part of an email or of a product's name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    /// <summary>The page of the suspended ones.</summary>
    [BindProperty(SupportsGet = true)]
    public string? SuspendedNumber { get; set; }

    public Listing<SubscriptionLine> Waiting { get; private set; } = Listing.Empty<SubscriptionLine>();

    public Listing<SubscriptionLine> Suspended { get; private set; } = Listing.Empty<SubscriptionLine>();

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostApproveAsync() => DecideAsync("Approve", approvals.ApproveAsync);

    public Task<IActionResult> OnPostRefuseAsync() => DecideAsync("Refuse", approvals.RefuseAsync);

    public Task<IActionResult> OnPostResumeAsync() => DecideAsync("Resume", approvals.ResumeAsync);

    private async Task<IActionResult> DecideAsync(
        string handler,
        Func<Guid, Caller, CancellationToken, string?, Task<Subscription?>> decide
    )
    {
        if (!Guid.TryParseExact(Target, "D", out var id) || await subscriptions.FindAsync(id, Cancel) is null)
        {
            return NotFound();
        }

        if (await JustifyAsync(handler) is not { } caller)
        {
            await LoadAsync();
            return Page();
        }

        SetNotice(Words[await decide(id, caller, Cancel, Message) is null ? "DecidedElsewhere" : $"{handler}Done"]);
        return Redirect(Path);
    }

    private async Task LoadAsync()
    {
        Waiting = await LinesAsync(SubscriptionState.Submitted, Number);
        Suspended = await LinesAsync(SubscriptionState.Suspended, SuspendedNumber);
    }

    private async Task<Listing<SubscriptionLine>> LinesAsync(SubscriptionState state, string? number)
    {
        List<SubscriptionLine> lines = [];
        foreach (var subscription in await subscriptions.ListAsync(state, Shown, Cancel))
        {
            lines.Add(
                new(
                    subscription,
                    await names.EmailAsync(subscription.AccountId, Cancel) ?? "?",
                    await names.ProductAsync(subscription.ProductId, Cancel) ?? "?"
                )
            );
        }

        return Listing.Of(lines, Find, number, line => [line.Email, line.Product]);
    }
}
