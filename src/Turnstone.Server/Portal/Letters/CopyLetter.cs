using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Tells an account of a suspected copy of its refresh token and where to end the session, or that it has ended.
/// </summary>
public sealed class CopyLetter(
    IAccountStore accounts,
    AccountLetters letters,
    IStringLocalizer<LetterWords> words,
    TimeProvider time,
    ILogger<CopyLetter> log
) : ICopyNotice
{
    public Task SuspectedAsync(Session session, Caller caller) =>
        TellAsync(session, LetterForm.SuspectedCopy, () => Suspected(session, caller));

    public Task ReusedAsync(Session session, Caller caller) =>
        TellAsync(session, LetterForm.ReusedToken, () => Reused(session, caller));

    private async Task TellAsync(Session session, LetterForm form, Func<LetterDraft> write)
    {
        ArgumentNullException.ThrowIfNull(session);
        try
        {
            if (
                letters.Sends
                && session.AccountId is { } id
                && await accounts.FindAsync(id, CancellationToken.None) is { } account
            )
            {
                await letters.SendAsync(account, form, write);
            }
        }
        catch (StoreUnavailableException problem)
        {
            // The refresh has been committed, and so has its audit entry: the answer must not say otherwise.
            log.NoticeNotStored(problem);
        }
    }

    private LetterDraft Suspected(Session session, Caller caller)
    {
        string what = words[session.RevokedAt is null ? "CopyDo" : "CopyEnded"];
        var link = letters.Link($"{PortalRoutes.Root}/sessions");
        var where = Where(session, caller);
        return new(
            words["CopySubject"],
            [words["CopyWhat"], words["CopyWhere", Texts(where)], what, link],
            [(LetterForm.What, what), .. where, (LetterForm.Link, link)]
        );
    }

    private LetterDraft Reused(Session session, Caller caller)
    {
        var link = letters.Link($"{PortalRoutes.Root}/guides/updating-tokens");
        var where = Where(session, caller);
        return new(
            words["ReuseSubject"],
            [words["ReuseWhat"], words["ReuseWhere", Texts(where)], words["ReuseDo"], link],
            [.. where, (LetterForm.Link, link)]
        );
    }

    private (string Place, string Text)[] Where(Session session, Caller caller) =>
        [
            (LetterForm.When, AccountLetters.Time(time.GetUtcNow())),
            (LetterForm.Network, caller.Network),
            ("opened", session.OpenedBy.Network),
        ];

    private static object[] Texts((string Place, string Text)[] facts) => [.. facts.Select(fact => fact.Text)];
}

/// <summary>The log messages of suspected copies: event ids 1250 to 1259.</summary>
internal static partial class CopyLog
{
    [LoggerMessage(1250, LogLevel.Warning, "An account could not be told of a suspected copy of its refresh token.")]
    public static partial void NoticeNotStored(this ILogger log, Exception problem);
}
