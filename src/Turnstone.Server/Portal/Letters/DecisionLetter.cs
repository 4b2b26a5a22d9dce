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
                    LetterKind.Decision,
                    () => Write(subscription, decision, product.Name)
                );
            }
        }
        catch (StoreUnavailableException problem)
        {
            log.DecisionNotTold(problem);
        }
    }

    private (string Subject, IEnumerable<string> Paragraphs) Write(
        Subscription subscription,
        SubscriptionDecision decision,
        string product
    ) =>
        (
            words["DecisionSubject"],
            [
                words[$"Decision{decision}", product],
                .. subscription.Message is { } message ? [message] : Array.Empty<string>(),
                letters.Link($"{PortalRoutes.Root}/subscriptions/{subscription.Id}"),
            ]
        );
}
