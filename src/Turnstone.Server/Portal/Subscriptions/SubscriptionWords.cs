namespace Turnstone.Server.Portal.Subscriptions;

public sealed class SubscriptionWords;
