using Turnstone.Directory;

namespace Turnstone.Server.Portal.Subscriptions;

/// <summary>The words of the subscription pages, in SubscriptionWords.resx and its translations.</summary>
public sealed class SubscriptionWords;
