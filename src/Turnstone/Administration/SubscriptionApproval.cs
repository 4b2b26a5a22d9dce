using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Administration;

/// <summary>
/// What an administrator decides on subscriptions. Each act has the one state it begins from: a decision on what was
/// decided or cancelled meanwhile changes nothing and is answered with null. The message is for the customer; the
/// reason for the record is the caller's.
/// </summary>
public sealed class SubscriptionApproval(
    ISubscriptionStore store,
    Subscriptions subscriptions,
    IEnumerable<IDecisionNotice> notices
)
{
    /// <summary>The longest message, in characters.</summary>
    public const int LongestMessage = 500;

    public Task<Subscription?> ApproveAsync(
        Guid id,
        Caller caller,
        CancellationToken cancellationToken,
        string? message = null
    ) => DecideAsync(id, SubscriptionDecision.Approved, caller, message, cancellationToken);

    /// <summary>For ever: who was refused asks with a new subscription.</summary>
    public Task<Subscription?> RefuseAsync(
        Guid id,
        Caller caller,
        CancellationToken cancellationToken,
        string? message = null
    ) => DecideAsync(id, SubscriptionDecision.Refused, caller, message, cancellationToken);

    public Task<Subscription?> SuspendAsync(
        Guid id,
        Caller caller,
        CancellationToken cancellationToken,
        string? message = null
    ) => DecideAsync(id, SubscriptionDecision.Suspended, caller, message, cancellationToken);

    public Task<Subscription?> ResumeAsync(
        Guid id,
        Caller caller,
        CancellationToken cancellationToken,
        string? message = null
    ) => DecideAsync(id, SubscriptionDecision.Resumed, caller, message, cancellationToken);

    private async Task<Subscription?> DecideAsync(
        Guid id,
        SubscriptionDecision decision,
        Caller caller,
        string? message,
        CancellationToken cancellationToken
    )
    {
        var (from, to) = decision switch
        {
            SubscriptionDecision.Approved => (SubscriptionState.Submitted, SubscriptionState.Active),
            SubscriptionDecision.Refused => (SubscriptionState.Submitted, SubscriptionState.Cancelled),
            SubscriptionDecision.Suspended => (SubscriptionState.Active, SubscriptionState.Suspended),
            _ => (SubscriptionState.Suspended, SubscriptionState.Active),
        };
        if (
            (await store.FindAsync(id, cancellationToken))?.State != from
            || await subscriptions.SetStateAsync(id, to, caller, cancellationToken, message) is not { } decided
        )
        {
            return null;
        }

        foreach (var notice in notices)
        {
            await notice.DecidedAsync(decided, decision);
        }

        return decided;
    }
}
