using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Administration;

/// <summary>
/// What an administrator decides on subscriptions. Each act has the one state it begins from: a decision on what was
/// decided or cancelled meanwhile changes nothing and is answered with null.
/// </summary>
public sealed class SubscriptionApproval(ISubscriptionStore store, Subscriptions subscriptions)
{
    public Task<Subscription?> ApproveAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        MoveAsync(id, SubscriptionState.Submitted, SubscriptionState.Active, caller, cancellationToken);

    /// <summary>For ever: who was refused asks with a new subscription.</summary>
    public Task<Subscription?> RefuseAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        MoveAsync(id, SubscriptionState.Submitted, SubscriptionState.Cancelled, caller, cancellationToken);

    public Task<Subscription?> SuspendAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        MoveAsync(id, SubscriptionState.Active, SubscriptionState.Suspended, caller, cancellationToken);

    public Task<Subscription?> ResumeAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        MoveAsync(id, SubscriptionState.Suspended, SubscriptionState.Active, caller, cancellationToken);

    private async Task<Subscription?> MoveAsync(
        Guid id,
        SubscriptionState from,
        SubscriptionState to,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await store.FindAsync(id, cancellationToken))?.State == from
            ? await subscriptions.SetStateAsync(id, to, caller, cancellationToken)
            : null;
}
