using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Portal.Administration;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// Tells administrators what waits for approval: within a minute, and then at most once an hour, however much is asked
/// for. It names products and numbers; who asks stands in the portal.
/// </summary>
public sealed class ApprovalLetters(
    ISubscriptionStore subscriptions,
    IAccountStore accounts,
    AccountLetters letters,
    IStringLocalizer<LetterWords> words,
    TimeProvider time,
    ILogger<ApprovalLetters> log
) : LetterRounds(TimeSpan.FromMinutes(1), time, log)
{
    /// <summary>The most requests that one letter counts; a letter that has as many says "at least".</summary>
    public const int MostAtOnce = 1_000;

    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly TimeProvider time = time;
    private readonly ILogger<ApprovalLetters> log = log;
    private DateTimeOffset quietUntil;

    public override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!letters.Sends || now < quietUntil)
        {
            return;
        }

        var untold = await subscriptions.TakeUntoldAsync(now, MostAtOnce, cancellationToken);
        if (untold.Count == 0)
        {
            return;
        }

        quietUntil = now + Quiet;
        var names = (await subscriptions.ListProductsAsync(cancellationToken)).ToDictionary(
            product => product.Id,
            product => product.Name
        );
        var lines = untold
            .GroupBy(subscription => names.GetValueOrDefault(subscription.ProductId, "?"))
            .OrderBy(product => product.Key, StringComparer.Ordinal)
            .Select(product => $"- {product.Key}: {product.Count()}")
            .ToList();
        var administrators = await accounts.AdministratorsAsync(cancellationToken);
        foreach (var administrator in administrators)
        {
            await letters.SendAsync(
                administrator,
                LetterForm.ApprovalAsked,
                () => Write(untold.Count, string.Join('\n', lines))
            );
        }

        log.ToldOfApprovals(administrators.Count, untold.Count);
    }

    private LetterDraft Write(int count, string lines)
    {
        string what = words[
            count == 1 ? "ApprovalOne"
            : count < MostAtOnce ? "ApprovalMany"
            : "ApprovalMost",
            count
        ];
        var link = letters.Link($"{AdministrationRoutes.Root}/approvals");
        return new(
            words["ApprovalSubject"],
            [what, lines, $"{words["ApprovalDo"]}\n{link}"],
            (LetterForm.What, what),
            ("products", lines),
            (LetterForm.Link, link)
        );
    }
}
