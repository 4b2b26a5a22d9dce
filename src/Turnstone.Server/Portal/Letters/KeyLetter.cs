using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.ApiKeys;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Tells an account that a key was made with which programs act for it. The key itself is not in it.
/// </summary>
public sealed class KeyLetter(
    AccountLetters letters,
    CurrentCaller caller,
    IStringLocalizer<LetterWords> words,
    TimeProvider time
)
{
    public Task MadeAsync(Account account, string name) => SendAsync(account, "KeyMade", name, ApiKeyView.Root);

    /// <summary>A new key in the place of another of this name.</summary>
    public Task ReplacedAsync(Account account, string name) => SendAsync(account, "KeyReplaced", name, ApiKeyView.Root);

    /// <summary>A new key of the subscription to this product.</summary>
    public Task ReplacedOfSubscriptionAsync(Account account, string product) =>
        SendAsync(account, "KeyOfSubscription", product, $"{PortalRoutes.Root}/subscriptions");

    private Task SendAsync(Account account, string what, string name, string path) =>
        letters.SendAsync(account, LetterForm.NewKey, () => Write(words[what, name], path));

    private LetterDraft Write(string what, string path)
    {
        var (at, network, link) = (AccountLetters.Time(time.GetUtcNow()), caller.Current.Network, letters.Link(path));
        return new(
            words["KeySubject"],
            [what, words["WhenFrom", at, network], $"{words["KeyDo"]}\n{link}"],
            (LetterForm.What, what),
            (LetterForm.When, at),
            (LetterForm.Network, network),
            (LetterForm.Link, link)
        );
    }
}
