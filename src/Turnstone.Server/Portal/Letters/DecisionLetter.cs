using Microsoft.Extensions.Localization;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Tells a customer what an administrator has decided on a subscription, in the words that are meant for him. The
/// reason for the record is not in it.
/// </summary>
public sealed class DecisionLetter(
    IAccountStore accounts,
    ISubscriptionStore subscriptions,
    AccountLetters letters,
    IStringLocalizer<LetterWords> words,
    ILogger<DecisionLetter> log
) : IDecisionNotice
{
    public async Task DecidedAsync(Subscription subscription, SubscriptionDecision decision)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        try
        {
            if (
                letters.Sends
                && await accounts.FindAsync(subscription.AccountId, CancellationToken.None) is { } account
                && await subscriptions.FindProductAsync(subscription.ProductId, CancellationToken.None) is { } product
            )
            {
                await letters.SendAsync(
                    account,
                    LetterForm.Decision,
                    () => Write(subscription, decision, product.Name)
                );
            }
        }
        catch (StoreUnavailableException problem)
        {
            log.DecisionNotTold(problem);
        }
    }

    private LetterDraft Write(Subscription subscription, SubscriptionDecision decision, string product)
    {
        string what = words[$"Decision{decision}", product];
        var link = letters.Link($"{PortalRoutes.Root}/subscriptions/{subscription.Id}");
        return new(
            words["DecisionSubject"],
            [what, .. subscription.Message is { } message ? [message] : Array.Empty<string>(), link],
            (LetterForm.What, what),
            ("product", product),
            ("message", subscription.Message ?? ""),
            (LetterForm.Link, link)
        );
    }
}
