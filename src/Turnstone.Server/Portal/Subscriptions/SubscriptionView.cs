using Turnstone.Directory;

namespace Turnstone.Server.Portal.Subscriptions;

/// <summary>
/// A subscription as a page shows it: with its product, and past its end as expired whatever the row still says.
/// </summary>
public sealed record SubscriptionView(Subscription Subscription, Product? Product, SubscriptionState State)
{
    public string Path => $"/portal/subscriptions/{Subscription.Id}";

    public string ProductName => Product?.Name ?? "–";

    /// <summary>The colour of the badge.</summary>
    public string Tone =>
        State switch
        {
            SubscriptionState.Active => "good",
            SubscriptionState.Submitted => "warn",
            SubscriptionState.Suspended => "bad",
            _ => "",
        };

    /// <summary>Whether it works now or may yet.</summary>
    public bool Stands => State is SubscriptionState.Active or SubscriptionState.Submitted;

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
