using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Administration.Approvals;

/// <summary>A subscription with its account and product.</summary>
public sealed record SubscriptionLine(Subscription Subscription, string Email, string Product);

/// <summary>Subscriptions that wait for approval, and suspended ones.</summary>
public sealed class ApprovalsPage(ISubscriptionStore subscriptions, SubscriptionApproval approvals, Names names)
    : AdministrationPage
{
    private const string Path = $"{AdministrationRoutes.Root}/approvals";

    public const int Shown = 100;

    public IReadOnlyList<SubscriptionLine> Waiting { get; private set; } = [];

    public IReadOnlyList<SubscriptionLine> Suspended { get; private set; } = [];

    public Task OnGetAsync() => LoadAsync();

    public Task<IActionResult> OnPostApproveAsync() => DecideAsync("Approve", approvals.ApproveAsync);

    public Task<IActionResult> OnPostRefuseAsync() => DecideAsync("Refuse", approvals.RefuseAsync);

    public Task<IActionResult> OnPostResumeAsync() => DecideAsync("Resume", approvals.ResumeAsync);

    private async Task<IActionResult> DecideAsync(
        string handler,
        Func<Guid, Caller, CancellationToken, Task<Subscription?>> decide
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

        SetNotice(Words[await decide(id, caller, Cancel) is null ? "DecidedElsewhere" : $"{handler}Done"]);
        return Redirect(Path);
    }

    private async Task LoadAsync()
    {
        Waiting = await LinesAsync(SubscriptionState.Submitted);
        Suspended = await LinesAsync(SubscriptionState.Suspended);
    }

    private async Task<IReadOnlyList<SubscriptionLine>> LinesAsync(SubscriptionState state)
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

        return lines;
    }
}
