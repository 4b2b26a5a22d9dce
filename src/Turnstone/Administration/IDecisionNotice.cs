using Turnstone.Directory;

namespace Turnstone.Administration;

/// <summary>What an administrator can decide on a subscription.</summary>
public enum SubscriptionDecision
{
    Approved,
    Refused,
    Suspended,
    Resumed,
}

/// <summary>Tells a customer of a decision on a subscription.</summary>
public interface IDecisionNotice
{
    /// <summary>Never fails: the decision has been committed with its audit entry.</summary>
    Task DecidedAsync(Subscription subscription, SubscriptionDecision decision);
}
