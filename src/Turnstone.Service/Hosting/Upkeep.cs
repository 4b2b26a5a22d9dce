using System.Threading.Channels;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Revocation;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Background tasks: revoked sessions, signing keys, products and APIs are kept current, keys are rotated, the audit
/// log is sealed, expired rows are deleted. Each task has its own loop, so a slow one does not delay the others. A task
/// that fails is logged and retried at its next turn.
/// </summary>
public sealed class Upkeep(
    Store store,
    SigningKeyRing ring,
    RevokedSessions revoked,
    Products products,
    Apis apis,
    AuditSeal audit,
    CheckpointFile checkpoints,
    TurnstoneSettings settings,
    DatabaseTime time,
    ILogger<Upkeep> log
) : BackgroundService
{
    private static readonly TimeSpan Backstop = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DirectoryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TendPause = TimeSpan.FromHours(1);

    // Capacity one: all signals during a round cause one round after it.
    private readonly Channel<bool> revocations = NewSignal();
    private readonly Channel<bool> keys = NewSignal();
    private readonly Channel<bool> directory = NewSignal();
    private bool doubted;
    private bool tooNew;
    private bool full;
    private string? journalFailure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ring.Stale += Signal;
        using var listening = store.Changes.Subscribe(OnChange);
        using var meter = new AuditMeter(audit);
        await Task.WhenAll(
            LoopAsync("revoked sessions", revocations.Reader, Backstop, RefreshRevokedAsync, stoppingToken),
            LoopAsync("signing keys", keys.Reader, Backstop, ring.LoadAsync, stoppingToken),
            LoopAsync("products and APIs", directory.Reader, DirectoryPause, RefreshDirectoryAsync, stoppingToken),
            LoopAsync("tending", NewSignal().Reader, TendPause, ring.TendAsync, stoppingToken),
            LoopAsync("clock", NewSignal().Reader, Backstop, CompareClocksAsync, stoppingToken),
            LoopAsync("schema", NewSignal().Reader, Backstop, CheckSchemaAsync, stoppingToken),
            LoopAsync("indexes", NewSignal().Reader, Backstop, store.FillIndexesAsync, stoppingToken),
            LoopAsync("sealing of the audit log", NewSignal().Reader, Backstop, SealAsync, stoppingToken),
            LoopAsync("checkpoints", NewSignal().Reader, CheckpointPause, checkpoints.AddAsync, stoppingToken),
            LoopAsync("sweep", NewSignal().Reader, SweepPause, SweepAsync, stoppingToken)
        );
        ring.Stale -= Signal;
    }

    private TimeSpan CheckpointPause => TimeSpan.FromMinutes(settings.Audit.CheckpointMinutes);

    private async Task RefreshDirectoryAsync(CancellationToken cancellationToken)
    {
        await products.RefreshAsync(cancellationToken);
        await apis.RefreshAsync(cancellationToken);
    }

    private async Task RefreshRevokedAsync(CancellationToken cancellationToken)
    {
        if (await revoked.RefreshAsync(cancellationToken) is > 0 and var forgotten)
        {
            log.RevocationsRepeated(forgotten);
        }

        await store.Journal.TendAsync(cancellationToken);
        Say(store.Journal.Failure);
        if (revoked.IsFull && !full)
        {
            log.RevocationMemoryFull(revoked.Count, settings.Limits.RevokedMegabytes);
        }

        full = revoked.IsFull;
    }

    private async Task SealAsync(CancellationToken cancellationToken)
    {
        var (faults, putBack) = (audit.Faults.Count, audit.PutBack);
        await audit.SealAsync(KeptSince, cancellationToken);
        if (audit.PutBack is { } lost && lost != putBack)
        {
            log.AuditLogPutBack(lost);
        }

        if (audit.Faults.Count > 0 && faults == 0)
        {
            log.AuditLogAltered(string.Join(' ', audit.Faults));
        }
        else if (audit.Faults.Count == 0 && faults > 0)
        {
            log.AuditLogSignedAgain();
        }
    }

    // A clock in doubt removes nothing.
    private DateTimeOffset KeptSince(AuditChain chain) =>
        doubted ? DateTimeOffset.UnixEpoch : time.GetUtcNow() - settings.Retention.ToRetention().OfChain(chain);

    private void Say(string? failure)
    {
        if (failure is not null && journalFailure is null)
        {
            log.JournalFails(store.Journal.Folder, failure);
        }
        else if (failure is null && journalFailure is not null)
        {
            log.JournalRecovered();
        }

        journalFailure = failure;
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await store.Journal.PruneAsync(cancellationToken);
        var swept = await store.Upkeep.SweepAsync(settings.Retention.ToRetention(), cancellationToken);
        if (swept.Sessions + swept.Codes + swept.AuditEntries + swept.Accounts > 0)
        {
            log.Swept(swept.Sessions, swept.Codes, swept.AuditEntries, swept.Accounts);
        }

        if (swept.Letters > 0)
        {
            log.LettersSwept(swept.Letters);
        }
    }

    // A newer server may migrate the store at any time: every request is refused from here on.
    private async Task CheckSchemaAsync(CancellationToken cancellationToken)
    {
        var status = await store.Migrations.StatusAsync(cancellationToken);
        if (!status.Served && !tooNew)
        {
            log.SchemaTooNew(status.Applied, status.Required, status.Known);
        }

        tooNew = !status.Served;
    }

    // Also what keeps this node by the database's time.
    private async Task CompareClocksAsync(CancellationToken cancellationToken)
    {
        var inDoubt = !await store.Clock.IsRightAsync(cancellationToken);
        if (inDoubt != doubted)
        {
            doubted = inDoubt;
            Say(inDoubt);
        }
    }

    private void Say(bool inDoubt)
    {
        if (!inDoubt)
        {
            log.ClockBelieved();
        }
        else if (time.Ahead is var ahead && ahead != TimeSpan.Zero)
        {
            log.ClockOff((long)Math.Round(ahead.TotalSeconds));
        }
        else
        {
            log.ClockInDoubt();
        }
    }

    private async Task LoopAsync(
        string task,
        ChannelReader<bool> signal,
        TimeSpan pause,
        Func<CancellationToken, Task> round,
        CancellationToken stopping
    )
    {
        var failing = false;
        while (await WaitAsync(signal, pause, stopping))
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
#pragma warning disable CA1031 // a failed round must not stop the loop
            catch (Exception problem)
#pragma warning restore CA1031
            {
                // Logged once when it begins, not each second while the store is unavailable.
                if (!failing)
                {
                    log.UpkeepFailed(problem, task);
                    failing = true;
                }
            }
        }
    }

    /// <summary>Until the signal or the end of the pause; false if the server stops.</summary>
    private async Task<bool> WaitAsync(ChannelReader<bool> signal, TimeSpan pause, CancellationToken stopping)
    {
        // The source's own delay: racing a disposed timer crashes the process.
        using var over = new CancellationTokenSource(pause, time);
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stopping, over.Token);
        try
        {
            await signal.ReadAsync(turn.Token);
        }
        catch (OperationCanceledException)
        {
            // The pause has ended, or the server stops.
        }

        return !stopping.IsCancellationRequested;
    }

    private void OnChange(StoreChange change)
    {
        if (change.Kind is ChangeKind.Revocations)
        {
            revocations.Writer.TryWrite(true);
        }
        else if (change.Kind is ChangeKind.SigningKeys)
        {
            keys.Writer.TryWrite(true);
        }
        else if (change.Kind is ChangeKind.Directory)
        {
            directory.Writer.TryWrite(true);
        }
    }

    private void Signal(object? sender, EventArgs told) => keys.Writer.TryWrite(true);

    private static Channel<bool> NewSignal() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
