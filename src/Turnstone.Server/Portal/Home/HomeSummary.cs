using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Activity;
using Turnstone.Server.Portal.ApiKeys;
using Turnstone.Server.Portal.Health;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Sessions;
using KeyHoldings = Turnstone.Directory.ApiKeys;
using SubscriptionHoldings = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Portal.Home;

/// <summary>The summary of an account on the home page.</summary>
public sealed record Summary
{
    public required IReadOnlyList<ApiKeyView> Keys { get; init; }

    public required bool Subscribed { get; init; }

    /// <summary>The account's subscriptions that wait for approval.</summary>
    public required int Waiting { get; init; }

    /// <summary>
    /// What waits for an administrator's approval, up to <see cref="HomeSummary.MostApprovals"/> and one more; none for
    /// everybody else.
    /// </summary>
    public required int Approvals { get; init; }

    /// <summary>The newest events of the account.</summary>
    public required IReadOnlyList<ActivityRow> Events { get; init; }

    /// <summary>Whether the account has ever had a token, according to audit log and sessions.</summary>
    public required bool HadToken { get; init; }

    public required int Sessions { get; init; }

    public required bool MoreSessions { get; init; }

    /// <summary>What the account, its applications and its recently used keys did in the last days.</summary>
    public required Usage Usage { get; init; }

    public long Logins => Today(UsageSeries.Logins);

    public long Refreshes => Today(UsageSeries.Refreshes);

    /// <summary>Recent reuses of refresh tokens, newest first.</summary>
    public required IReadOnlyList<AuditEntry> Alarms { get; init; }

    /// <summary>Recent suspicions that a refresh token was copied, newest first.</summary>
    public required IReadOnlyList<AuditEntry> SuspectedCopies { get; init; }

    public int ActiveKeys => Keys.Count(view => view.IsActive);

    public bool HasKey => ActiveKeys > 0;

    /// <summary>All steps to the first token are done.</summary>
    public bool Begun => HadToken && (Subscribed || HasKey);

    private long Today(UsageSeries series) => Usage.Of(Usage.Days[^1], series);
}

/// <summary>Collects the summary, with one small query for each part.</summary>
public sealed class HomeSummary(
    KeyHoldings keys,
    SubscriptionHoldings subscriptions,
    ISessionStore sessions,
    ISubscriptionStore approvals,
    IClientStore clients,
    IAuditLog audit,
    ActivityRows activity,
    IUsageCounters usage,
    TimeProvider time
)
{
    public const int MostSessions = 200;

    public const int MostApprovals = 99;

    private const int MostAlarms = 20;
    private const int ShownEvents = 6;
    private const int ShownDays = 7;

    /// <summary>
    /// How many recent logins are searched for one through a contract; the others are sign-ins to the portal.
    /// </summary>
    private const int MostLogins = 100;

    private static readonly TimeSpan AlarmsKept = TimeSpan.FromDays(7);

    public async Task<Summary> OfAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var now = time.GetUtcNow();
        var views = (await keys.ListAsync(account.Id, cancellationToken))
            .Select(key => ApiKeyView.Of(key, now))
            .ToList();
        var held = await subscriptions.ListAsync(account.Id, cancellationToken);
        var live = await sessions.ListAsync(SessionHolder.Account(account.Id), MostSessions + 1, cancellationToken);
        return new Summary
        {
            Keys = [.. views.Where(view => !view.Past)],
            Subscribed = held.Any(subscription => subscription.IsActive),
            Waiting = held.Count(subscription => subscription.State.Known is SubscriptionState.Submitted),
            Approvals = account.Administrator
                ? (await approvals.ListAsync(SubscriptionState.Submitted, MostApprovals + 1, cancellationToken)).Count
                : 0,
            Events = (
                await activity.ReadAsync(
                    new AuditQuery { AccountId = account.Id },
                    account.Id,
                    ShownEvents,
                    cancellationToken
                )
            ).Rows,
            HadToken = live.Count > 0 || await HadTokenAsync(account, views, cancellationToken),
            Sessions = Math.Min(live.Count, MostSessions),
            MoreSessions = live.Count > MostSessions,
            Usage = await UsageAsync(account, views, now, cancellationToken),
            Alarms = await RecentAsync(account, AuditEvent.RefreshReuse, now, cancellationToken),
            SuspectedCopies = await RecentAsync(account, AuditEvent.CopySuspected, now, cancellationToken),
        };
    }

    private Task<IReadOnlyList<AuditEntry>> RecentAsync(
        Account account,
        AuditEvent what,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        audit.ReadAsync(
            new AuditQuery
            {
                AccountId = account.Id,
                Event = what,
                Since = now - AlarmsKept,
                Limit = MostAlarms,
            },
            cancellationToken
        );

    private async Task<bool> HadTokenAsync(
        Account account,
        List<ApiKeyView> views,
        CancellationToken cancellationToken
    ) =>
        views.Exists(view => view.Key.LastUsedAt is not null)
        || (
            await audit.ReadAsync(
                new AuditQuery
                {
                    AccountId = account.Id,
                    Event = AuditEvent.Login,
                    Limit = MostLogins,
                },
                cancellationToken
            )
        ).Any(login => login.Contract != PasswordProof.Contract);

    private async Task<Usage> UsageAsync(
        Account account,
        List<ApiKeyView> views,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // A key that was last used before has no counts, unless its sessions live on. A use is recorded with a delay,
        // so a key that was never used is included.
        var used = views
            .Where(view => !(view.Key.LastUsedAt <= now.AddDays(-ShownDays - 1)))
            .Select(view => UsageHolder.Of(null, view.Key.Id, null));
        var own = (await clients.ListAsync(account.Id, cancellationToken)).Select(client =>
            UsageHolder.Of(client.Id, null, null)
        );
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var first = today.AddDays(1 - ShownDays);
        List<UsageRow> rows = [];
        foreach (var holder in own.Concat(used).Append(UsageHolder.Of(null, null, account.Id)))
        {
            rows.AddRange(await usage.ReadAsync(holder, first, today, cancellationToken));
        }

        return new Usage(rows, first, today);
    }
}
