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
    public Task SuspectedAsync(Session session, Caller caller) => TellAsync(session, caller, Suspected);

    public Task ReusedAsync(Session session, Caller caller) => TellAsync(session, caller, Reused);

    private async Task TellAsync(
        Session session,
        Caller caller,
        Func<Session, Caller, (string Subject, IEnumerable<string> Paragraphs)> write
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(caller);
        try
        {
            if (
                letters.Sends
                && session.AccountId is { } id
                && await accounts.FindAsync(id, CancellationToken.None) is { } account
            )
            {
                await letters.SendAsync(account, LetterKind.SuspectedCopy, () => write(session, caller));
            }
        }
        catch (StoreUnavailableException problem)
        {
            // The refresh has been committed, and so has its audit entry: the answer must not say otherwise.
            log.NoticeNotStored(problem);
        }
    }

    private (string Subject, IEnumerable<string> Paragraphs) Suspected(Session session, Caller caller) =>
        (
            words["CopySubject"],
            [
                words["CopyWhat"],
                Where("CopyWhere", session, caller),
                words[session.RevokedAt is null ? "CopyDo" : "CopyEnded"],
                letters.Link($"{PortalRoutes.Root}/sessions"),
            ]
        );

    private (string Subject, IEnumerable<string> Paragraphs) Reused(Session session, Caller caller) =>
        (
            words["ReuseSubject"],
            [
                words["ReuseWhat"],
                Where("ReuseWhere", session, caller),
                words["ReuseDo"],
                letters.Link($"{PortalRoutes.Root}/guides/updating-tokens"),
            ]
        );

    private string Where(string word, Session session, Caller caller) =>
        words[word, AccountLetters.Time(time.GetUtcNow()), caller.Network, session.OpenedBy.Network];
}

/// <summary>The log messages of suspected copies: event ids 1250 to 1259.</summary>
internal static partial class CopyLog
{
    [LoggerMessage(1250, LogLevel.Warning, "An account could not be told of a suspected copy of its refresh token.")]
    public static partial void NoticeNotStored(this ILogger log, Exception problem);
}
