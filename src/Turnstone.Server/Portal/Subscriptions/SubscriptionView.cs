using Turnstone.Directory;

namespace Turnstone.Server.Portal.Subscriptions;

/// <summary>A subscription with its product; past its end it is expired, whatever the row says.</summary>
public sealed record SubscriptionView(Subscription Subscription, Product? Product, SubscriptionState State)
{
    public string Path => $"/portal/subscriptions/{Subscription.Id}";

    public string ProductName => Product?.Name ?? "–";

    /// <summary>The colour of the badge.</summary>
    public string BadgeClass =>
        State switch
        {
            SubscriptionState.Active => "good",
            SubscriptionState.Submitted => "warn",
            SubscriptionState.Suspended => "bad",
            _ => "",
        };

    /// <summary>Whether it is active or may become active.</summary>
    public bool IsOpen => State is SubscriptionState.Active or SubscriptionState.Submitted;

    public bool Cancelled => Subscription.State is SubscriptionState.Cancelled;

    public static SubscriptionView Of(Subscription subscription, IEnumerable<Product> products, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var state =
            subscription.State is SubscriptionState.Active && !subscription.IsActive(now)
                ? SubscriptionState.Expired
                : subscription.State;
        return new(subscription, products.FirstOrDefault(product => product.Id == subscription.ProductId), state);
    }
}
