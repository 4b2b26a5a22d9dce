using System.Threading.Channels;
using Turnstone.Revocation;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// What goes on beside the requests: the revoked sessions and the signing keys are kept current, keys are tended, the
/// dead is swept. Every task has a loop of its own, so that a slow one does not hold up the others; one that fails is
/// logged and tried again at its next turn.
/// </summary>
public sealed class Upkeep(
    Store store,
    SigningKeyRing ring,
    RevokedSessions revoked,
    TurnstoneSettings settings,
    TimeProvider time,
    ILogger<Upkeep> log
) : BackgroundService
{
    private static readonly TimeSpan Backstop = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TendPause = TimeSpan.FromHours(1);

    // Room for one: whatever is told while a round is under way is met by one round after it.
    private readonly Channel<bool> revocations = Bell();
    private readonly Channel<bool> keys = Bell();
    private bool doubted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ring.Stale += Ring;
        using var listening = store.Changes.Subscribe(Hear);
        await Task.WhenAll(
            LoopAsync("revoked sessions", revocations.Reader, Backstop, revoked.RefreshAsync, stoppingToken),
            LoopAsync("signing keys", keys.Reader, Backstop, ring.LoadAsync, stoppingToken),
            LoopAsync("tending", Bell().Reader, TendPause, ring.TendAsync, stoppingToken),
            LoopAsync("sweep", Bell().Reader, SweepPause, SweepAsync, stoppingToken)
        );
        ring.Stale -= Ring;
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var swept = await store.Upkeep.SweepAsync(
            time.GetUtcNow(),
            settings.Retention.ToRetention(),
            cancellationToken
        );
        if (swept.ClockInDoubt != doubted)
        {
            doubted = swept.ClockInDoubt;
            Say(doubted);
        }

        if (swept.Sessions + swept.Codes + swept.AuditEntries + swept.Accounts > 0)
        {
            log.Swept(swept.Sessions, swept.Codes, swept.AuditEntries, swept.Accounts);
        }
    }

    private void Say(bool inDoubt)
    {
        if (inDoubt)
        {
            log.ClockInDoubt();
        }
        else
        {
            log.ClockBelieved();
        }
    }

    private async Task LoopAsync(
        string task,
        ChannelReader<bool> bell,
        TimeSpan pause,
        Func<CancellationToken, Task> round,
        CancellationToken stopping
    )
    {
        var failing = false;
        while (await WaitAsync(bell, pause, stopping))
        {
            try
            {
                await round(stopping);
                if (failing)
                {
                    log.UpkeepRecovered(task);
                    failing = false;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever went wrong with one round, the next has to come
            catch (Exception problem)
#pragma warning restore CA1031
            {
                // Said once when it begins, not each second while the store is away.
                if (!failing)
                {
                    log.UpkeepFailed(problem, task);
                    failing = true;
                }
            }
        }
    }

    /// <summary>Until the bell rings or the pause is over; false when the server stops.</summary>
    private async Task<bool> WaitAsync(ChannelReader<bool> bell, TimeSpan pause, CancellationToken stopping)
    {
        // The source's own delay: a timer of ours that came just as the bell rang would cancel what is disposed, throw
        // in a thread of nobody's, and end the process.
        using var over = new CancellationTokenSource(pause, time);
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stopping, over.Token);
        try
        {
            await bell.ReadAsync(turn.Token);
        }
        catch (OperationCanceledException)
        {
            // The pause is over, or the server stops.
        }

        return !stopping.IsCancellationRequested;
    }

    private void Hear(StoreChange change)
    {
        if (change.Kind is ChangeKind.Revocations)
        {
            revocations.Writer.TryWrite(true);
        }
        else if (change.Kind is ChangeKind.SigningKeys)
        {
            keys.Writer.TryWrite(true);
        }
    }

    private void Ring(object? sender, EventArgs told) => keys.Writer.TryWrite(true);

    private static Channel<bool> Bell() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
