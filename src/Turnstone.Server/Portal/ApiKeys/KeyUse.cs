using System.Globalization;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Activity;
using Turnstone.Server.Portal.Health;
using Turnstone.Server.Portal.Shell;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>From where a key was used, and with what.</summary>
public sealed record SeenFrom(string Network, string? UserAgent, long Times, DateTimeOffset Last);

/// <summary>Who uses a key.</summary>
public sealed record KeyUse
{
    public required KeyPeriod Period { get; init; }

    public required UsageBars Bars { get; init; }

    /// <summary>The logins of the last seven days.</summary>
    public required long Logins { get; init; }

    public required IReadOnlyList<ActivityRow> Events { get; init; }

    /// <summary>Its live sessions, the newest first, as many as are shown.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }

    /// <summary>How many there are, up to <see cref="KeyUseReader.MostSessions"/>.</summary>
    public required int Live { get; init; }

    public required bool MoreLive { get; init; }

    /// <summary>The latest first.</summary>
    public required IReadOnlyList<SeenFrom> Seen { get; init; }
}

/// <summary>
/// Answers who uses a key, from the counts, the record and the sessions. Every query has an index that begins with the
/// key, and a bound.
/// </summary>
public sealed class KeyUseReader(
    IUsageCounters counters,
    IAuditLog audit,
    ActivityRows activity,
    ISessionStore sessions,
    TimeProvider time
)
{
    public const int MostSessions = 100;

    /// <summary>The record is read as far as this for the hours and for the addresses.</summary>
    public const int MostEntries = 1000;

    private const int ShownEvents = 8;
    private const int ShownSessions = 5;
    private const int ShownAddresses = 10;
    private const int Hours = 24;

    /// <summary>What a program does with a key; the rest of its entries is what its owner does in the portal.</summary>
    private static readonly AuditEvent[] Uses =
    [
        AuditEvent.Login,
        AuditEvent.LoginFailed,
        AuditEvent.AbuseRefused,
        AuditEvent.RefreshReuse,
        AuditEvent.CopySuspected,
        AuditEvent.StoreForgot,
    ];

    public async Task<KeyUse> OfAsync(ApiKey key, KeyPeriod period, Reader reader, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(period);
        ArgumentNullException.ThrowIfNull(reader);
        var now = time.GetUtcNow();
        var query = new AuditQuery { AccountId = key.AccountId, ApiKeyId = key.Id };
        var uses = await audit.ReadAsync(
            query with
            {
                Events = Uses,
                Since = now - KeyPeriod.Longest.Span,
                Limit = MostEntries,
            },
            cancellationToken
        );
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var rows = await counters.ReadAsync(
            UsageHolder.Of(null, key.Id, null),
            today.AddDays(1 - KeyPeriod.Longest.Days),
            today,
            cancellationToken
        );
        var live = await sessions.ListAsync(SessionHolder.ApiKey(key.Id), MostSessions + 1, cancellationToken);
        return new KeyUse
        {
            Period = period,
            Bars =
                period == KeyPeriod.Day
                    ? ByHour(uses, now, reader)
                    : UsageBars.Of(InDays(rows, today.AddDays(1 - period.Days), today)),
            Logins = InDays(rows, today.AddDays(-6), today).Total(UsageSeries.Logins),
            Events = (await activity.ReadAsync(query, key.AccountId, ShownEvents, cancellationToken)).Rows,
            Sessions = [.. live.Take(ShownSessions)],
            Live = Math.Min(live.Count, MostSessions),
            MoreLive = live.Count > MostSessions,
            Seen =
            [
                .. uses.GroupBy(use => (use.Caller.Network, use.Caller.UserAgent))
                    .Select(group => new SeenFrom(
                        group.Key.Network,
                        group.Key.UserAgent,
                        group.Sum(TimesOf),
                        group.Max(use => use.At)
                    ))
                    .OrderByDescending(seen => seen.Last)
                    .Take(ShownAddresses),
            ],
        };
    }

    private static Usage InDays(IEnumerable<UsageRow> rows, DateOnly from, DateOnly to) =>
        new(rows.Where(row => row.Day >= from), from, to);

    // The counts are by day. What the record has by the moment is logins, refusals and alarms.
    private static UsageBars ByHour(IEnumerable<AuditEntry> uses, DateTimeOffset now, Reader reader)
    {
        var first = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.Hour), TimeSpan.Zero).AddHours(1 - Hours);
        var counts = Enumerable.Range(0, Hours).Select(_ => new long[Usage.Series.Count]).ToArray();
        foreach (var use in uses.Where(use => use.At >= first))
        {
            counts[Math.Min((int)(use.At - first).TotalHours, Hours - 1)][(int)SeriesOf(use)] += TimesOf(use);
        }

        return new(
            [
                .. Enumerable
                    .Range(0, Hours)
                    .Select(hour =>
                        TimeZoneInfo
                            .ConvertTime(first.AddHours(hour), reader.Zone)
                            .ToString("HH:mm", CultureInfo.InvariantCulture)
                    ),
            ],
            counts
        );
    }

    private static UsageSeries SeriesOf(AuditEntry use) =>
        use.Event.Known switch
        {
            AuditEvent.RefreshReuse => UsageSeries.Alarms,
            AuditEvent.CopySuspected => UsageSeries.Replays,
            AuditEvent.StoreForgot => UsageSeries.Refreshes,
            _ => use.Refused is null ? UsageSeries.Logins : UsageSeries.Refusals,
        };

    private static long TimesOf(AuditEntry use) => RefusalCount.Read(use.Detail)?.Count ?? 1;
}
