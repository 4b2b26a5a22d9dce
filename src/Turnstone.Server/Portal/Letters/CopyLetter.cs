using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Tells an account of a suspected copy of its refresh token, and where to end the session.
/// </summary>
public sealed class CopyLetter(
    IAccountStore accounts,
    AccountLetters letters,
    IStringLocalizer<LetterWords> words,
    TimeProvider time,
    ILogger<CopyLetter> log
) : ICopyNotice
{
    public async Task SuspectedAsync(Session session, Caller caller)
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
                await letters.SendAsync(account, LetterKind.SuspectedCopy, () => Write(session, caller));
            }
        }
        catch (StoreUnavailableException problem)
        {
            // The refresh has been committed, and so has its audit entry: the answer must not say otherwise.
            log.NoticeNotStored(problem);
        }
    }

    private (string Subject, IEnumerable<string> Paragraphs) Write(Session session, Caller caller) =>
        (
            words["CopySubject"],
            [
                words["CopyWhat"],
                words["CopyWhere", AccountLetters.Time(time.GetUtcNow()), caller.Network, session.OpenedBy.Network],
                words[session.RevokedAt is null ? "CopyDo" : "CopyEnded"],
                letters.Link($"{PortalRoutes.Root}/sessions"),
            ]
        );
}

/// <summary>The log messages of suspected copies: event ids 1250 to 1259.</summary>
internal static partial class CopyLog
{
    [LoggerMessage(1250, LogLevel.Warning, "An account could not be told of a suspected copy of its refresh token.")]
    public static partial void NoticeNotStored(this ILogger log, Exception problem);
}
