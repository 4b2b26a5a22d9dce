using Turnstone.Audit;
using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

/// <summary>How long what is dead is kept, and how much one round may remove.</summary>
public sealed record Retention
{
    /// <summary>
    /// How long after its end a session stays: a store that is put back from a copy finds in it the sessions that its
    /// clients have moved on from.
    /// </summary>
    public TimeSpan Sessions { get; init; } = TimeSpan.FromDays(3);

    /// <summary>
    /// How long after its end a code stays, so that a second use is still known for one.
    /// </summary>
    public TimeSpan Codes { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long after its end something spent is remembered: nobody takes it any more, whatever his clock says. A
    /// client that proves itself by assertions leaves a row with each request.
    /// </summary>
    public TimeSpan Spent { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long after it was made an account stays that nobody confirms. It keeps its address from whoever it belongs
    /// to.
    /// </summary>
    public TimeSpan Unconfirmed { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a client stays that nobody here has made and that never had a token.</summary>
    public TimeSpan Strangers { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What was changed, ended and noticed.</summary>
    public TimeSpan Audit { get; init; } = TimeSpan.FromDays(400);

    /// <summary>As long as the others where nothing is said.</summary>
    public TimeSpan? AuditLogins { get; init; }

    public TimeSpan? AuditRefusals { get; init; }

    public TimeSpan OfChain(AuditChain chain) =>
        chain switch
        {
            AuditChain.Logins => AuditLogins,
            AuditChain.Refusals => AuditRefusals,
            _ => null,
        } ?? Audit;

    /// <summary>How long after it was written a letter waits to be sent: by then most links are dead.</summary>
    public TimeSpan Letters { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The most rows of a kind that one step removes in one commit.</summary>
    public int Step { get; init; } = 500;

    /// <summary>How long one round goes on with a kind of which there is always more.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// What a round removed; nothing when another node had the lead, or when this node's clock is in doubt.
/// </summary>
public sealed record Swept(bool Led, int Sessions, int Codes, int AuditEntries, int Accounts, int Letters, int Spent)
{
    public static Swept Nothing { get; } = new(false, 0, 0, 0, 0, 0, 0);

    /// <summary>Authorization requests that were pushed and never taken.</summary>
    public int Pushed { get; init; }

    /// <summary>Clients that nobody here has made and that never had a token.</summary>
    public int Strangers { get; init; }

    /// <summary>Nothing was removed because this node's clock is in doubt.</summary>
    public bool ClockInDoubt { get; init; }
}

/// <summary>Removes what is dead, in small steps between the requests, on one node at a time.</summary>
public sealed class StoreUpkeep
{
    private readonly Engine engine;
    private readonly IStoreClock clock;
    private readonly ISessionStore sessions;
    private readonly ICodeStore codes;
    private readonly IDeviceAuthorizationStore devices;
    private readonly IAuditLog audit;
    private readonly IAccountStore accounts;
    private readonly IClientStore clients;
    private readonly ILetterStore letters;
    private readonly ILogoutNoticeStore notices;
    private readonly ISpentStore spent;
    private readonly IPushedRequestStore pushed;
    private readonly TimeProvider time;

    internal StoreUpkeep(
        Engine engine,
        IStoreClock clock,
        ISessionStore sessions,
        ICodeStore codes,
        IDeviceAuthorizationStore devices,
        IAuditLog audit,
        IAccountStore accounts,
        IClientStore clients,
        ILetterStore letters,
        ILogoutNoticeStore notices,
        ISpentStore spent,
        IPushedRequestStore pushed,
        TimeProvider time
    ) =>
        (
            this.engine,
            this.clock,
            this.sessions,
            this.codes,
            this.devices,
            this.audit,
            this.accounts,
            this.clients,
            this.letters,
            this.notices,
            this.spent,
            this.pushed,
            this.time
        ) = (engine, clock, sessions, codes, devices, audit, accounts, clients, letters, notices, spent, pushed, time);

    /// <summary>
    /// One round, by the database's clock; the host calls it now and then. What it does not get to is left for the
    /// next.
    /// </summary>
    public async Task<Swept> SweepAsync(Retention retention, CancellationToken cancellationToken)
    {
        await using var lead = await engine.TryLeadAsync(cancellationToken);
        if (lead is null)
        {
            return Swept.Nothing;
        }

        if (!await clock.IsRightAsync(cancellationToken))
        {
            return Swept.Nothing with { ClockInDoubt = true };
        }

        var now = await engine.ClockAsync(cancellationToken) ?? time.GetUtcNow();

        // Before the sessions by which they are known to have had a token.
        var strangers = await StepsAsync(
            clients.SweepStrangersAsync,
            now - retention.Strangers,
            retention,
            cancellationToken
        );
        return new Swept(
            true,
            await StepsAsync(sessions.SweepAsync, now - retention.Sessions, retention, cancellationToken),
            await StepsAsync(codes.SweepAsync, now - retention.Codes, retention, cancellationToken)
                + await StepsAsync(devices.SweepAsync, now - retention.Codes, retention, cancellationToken),
            await SweepAuditAsync(now, retention, cancellationToken),
            await StepsAsync(accounts.SweepUnconfirmedAsync, now - retention.Unconfirmed, retention, cancellationToken),
            await StepsAsync(letters.SweepAsync, now - retention.Letters, retention, cancellationToken),
            await StepsAsync(notices.SweepAsync, now - retention.Letters, retention, cancellationToken)
                + await StepsAsync(spent.SweepAsync, now - retention.Spent, retention, cancellationToken)
        )
        {
            Strangers = strangers,
            Pushed = await StepsAsync(pushed.SweepAsync, now, retention, cancellationToken),
        };
    }

    private async Task<int> SweepAuditAsync(
        DateTimeOffset now,
        Retention retention,
        CancellationToken cancellationToken
    )
    {
        var removed = 0;
        foreach (var chain in AuditChains.All)
        {
            removed += await StepsAsync(
                (before, limit, cancel) => audit.SweepAsync(chain, before, limit, cancel),
                now - retention.OfChain(chain),
                retention,
                cancellationToken
            );
        }

        return removed;
    }

    // As long as a step finds all that it may remove there is more: what dies faster than it is removed would fill the
    // disk.
    private async Task<int> StepsAsync(
        Func<DateTimeOffset, int, CancellationToken, Task<int>> sweep,
        DateTimeOffset before,
        Retention retention,
        CancellationToken cancellationToken
    )
    {
        var (began, removed, last) = (time.GetTimestamp(), 0, retention.Step);
        while (last >= retention.Step && time.GetElapsedTime(began) < retention.Longest)
        {
            last = await sweep(before, retention.Step, cancellationToken);
            removed += last;
        }

        return removed;
    }
}
