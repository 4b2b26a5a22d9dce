using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Subscriptions;

/// <summary>A subscription with its product.</summary>
public sealed record SubscriptionView(Subscription Subscription, Product? Product)
{
    public StoredName<SubscriptionState> State => Subscription.State;

    public string Path => $"/portal/subscriptions/{Subscription.Id}";

    public string ProductName => Product?.Name ?? "–";

    /// <summary>The colour of the badge.</summary>
    public string BadgeClass =>
        State.Known switch
        {
            SubscriptionState.Active => "good",
            SubscriptionState.Submitted => "warn",
            SubscriptionState.Suspended => "bad",
            _ => "",
        };

    /// <summary>Whether it is active or may become active.</summary>
    public bool IsOpen => State.Known is SubscriptionState.Active or SubscriptionState.Submitted;

    public bool Cancelled => State.Known is SubscriptionState.Cancelled;

    public static SubscriptionView Of(Subscription subscription, IEnumerable<Product> products)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        return new(subscription, products.FirstOrDefault(product => product.Id == subscription.ProductId));
    }
}
