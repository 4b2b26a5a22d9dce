using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Sessions;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Letters;

/// <summary>Tells an account that somebody has signed in from a browser in which it had not.</summary>
public sealed class SignInLetter(
    AccountLetters letters,
    CurrentCaller caller,
    IStringLocalizer<LetterWords> words,
    TimeProvider time
)
{
    public Task SendAsync(Account account) => letters.SendAsync(account, LetterForm.NewSignIn, Write);

    private LetterDraft Write()
    {
        var (at, network) = (AccountLetters.Time(time.GetUtcNow()), caller.Current.Network);

        // Only names that this server knows: what a browser calls itself is the stranger's own text.
        var browser =
            AgentText.OfBrowser(caller.Current.UserAgent, words["BrowserOn"]) ?? words["BrowserUnknown"].Value;
        var link = letters.Link(SignInPaths.Forgot);
        return new(
            words["SignInSubject"],
            [
                words["SignInWhat"],
                words["WhenFrom", at, network],
                words["SignInBrowser", browser],
                $"{words["SignInDo"]}\n{link}",
            ],
            (LetterForm.When, at),
            (LetterForm.Network, network),
            ("browser", browser),
            (LetterForm.Link, link)
        );
    }
}
