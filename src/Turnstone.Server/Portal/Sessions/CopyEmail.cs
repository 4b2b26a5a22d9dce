using System.Globalization;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>
/// The email that tells an account of a suspected copy of its refresh token, and where to end the session.
/// </summary>
public sealed class CopyEmail(
    IAccountStore accounts,
    MailQueue mail,
    IStringLocalizer<SessionsWords> words,
    TurnstoneSettings settings,
    TimeProvider time,
    ILogger<CopyEmail> log
) : ICopyNotice
{
    public async Task SuspectedAsync(Session session, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(caller);
        try
        {
            // An unconfirmed address may belong to somebody else. Not the request's token: a client that disconnects
            // does not stop the email.
            if (
                mail.Sends
                && session.AccountId is { } id
                && await accounts.FindAsync(id, CancellationToken.None)
                    is { DisabledAt: null, EmailConfirmed: true } account
                && Letter.CanReach(account.Email)
            )
            {
                await mail.SendAsync(Write(account.Email, session, caller), CancellationToken.None);
            }
        }
        catch (StoreUnavailableException problem)
        {
            // The refresh has been committed, and so has its audit entry: the answer must not say otherwise.
            log.NoticeNotStored(problem);
        }
    }

    private Letter Write(string email, Session session, Caller caller) =>
        LetterInAllLanguages.Write(
            email,
            () =>
                (
                    words["CopySubject"],
                    string.Join(
                        "\n\n",
                        words["CopyWhat"],
                        words[
                            "CopyWhere",
                            time.GetUtcNow()
                                .UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
                            caller.Network,
                            session.OpenedBy.Network
                        ],
                        words[session.RevokedAt is null ? "CopyDo" : "CopyEnded"],
                        $"{settings.Issuer}{PortalRoutes.Root}/sessions"
                    )
                )
        );
}

/// <summary>The log messages of suspected copies: event ids 1250 to 1259.</summary>
internal static partial class CopyLog
{
    [LoggerMessage(1250, LogLevel.Warning, "An account could not be told of a suspected copy of its refresh token.")]
    public static partial void NoticeNotStored(this ILogger log, Exception problem);
}
