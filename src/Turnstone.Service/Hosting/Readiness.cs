using Turnstone.Audit;
using Turnstone.Credentials.Passwords;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>One thing that this node needs to do its work.</summary>
/// <param name="Name">What the answer calls it.</param>
/// <param name="Good">Whether it is as it should be.</param>
/// <param name="Vital">Without it the node is to be left alone; else it works on, and somebody has to look.</param>
public sealed record ReadinessCheck(string Name, bool Good, bool Vital = true);

/// <summary>What this node needs to serve requests, for the load balancer and for administrators.</summary>
public sealed class Readiness(
    Store store,
    IStoreClock clock,
    SigningKeyRing ring,
    RevokedSessions revoked,
    AuditSeal audit,
    PasswordLane lane,
    PasswordLaneSettings laneSettings,
    TurnstoneSettings settings,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// For how long after the store has turned out to be older than it was somebody is told to look.
    /// </summary>
    private static readonly TimeSpan Told = TimeSpan.FromDays(1);

    /// <summary>A node that has not heard of revocations for this long must not serve requests.</summary>
    private readonly TimeSpan longestSilence = TimeSpan.FromSeconds(settings.CutOffSeconds);

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var answers = await AnswersAsync(store.PingAsync, cancellationToken);
        return
        [
            new("stopping", !lifetime.ApplicationStopping.IsCancellationRequested),
            new("storage", answers),
            // A store that does not answer has been named already.
            new("schema", !answers || await IsServedAsync(cancellationToken)),
            new("pooler", !answers || !await HandsConnectionsOnAsync(cancellationToken)),
            new("keys", HasKeys()),
            new("revocations", time.GetUtcNow() - revoked.CurrentAsOf < longestSilence),
            // A stranger can fill both, on one node after the other. What they refuse is a 503 of its own; the node
            // serves everything else.
            new("queue", store.QueueDepth < store.QueueCapacity, Vital: false),
            new("passwords", lane.Depth < laneSettings.Queue, Vital: false),
            new("journal", store.Journal.Failure is null, Vital: false),
            new("audit", audit.Faults.Count == 0, Vital: false),
            new("commits", !answers || await ConfirmsCommitsAsync(cancellationToken), Vital: false),
            new("replication", !answers || await IsReplicatedAsync(cancellationToken), Vital: false),
            new("history", !(time.GetUtcNow() - store.ForgotAt < Told), Vital: false),
            new("clock", !answers || await ClockIsRightAsync(cancellationToken), Vital: false),
        ];
    }

    private async Task<bool> IsServedAsync(CancellationToken cancellationToken)
    {
        var served = false;
        return !await AnswersAsync(
                async cancel => served = (await store.Migrations.StatusAsync(cancel)).Served,
                cancellationToken
            ) || served;
    }

    private async Task<bool> ClockIsRightAsync(CancellationToken cancellationToken)
    {
        var right = false;
        return !await AnswersAsync(async cancel => right = await clock.IsRightAsync(cancel), cancellationToken)
            || right;
    }

    // Every node has the same database: to take one out would not help, and what only reads goes on.
    private async Task<bool> ConfirmsCommitsAsync(CancellationToken cancellationToken)
    {
        var confirms = false;
        await AnswersAsync(async _ => confirms = await store.ConfirmsCommitsAsync(), cancellationToken);
        return confirms;
    }

    private async Task<bool> IsReplicatedAsync(CancellationToken cancellationToken)
    {
        var replicated = !settings.Store.RequireReplication;
        return replicated
            || !await AnswersAsync(
                async cancel => replicated = await Replication.HoldsAsync(store, cancel),
                cancellationToken
            )
            || replicated;
    }

    private async Task<bool> HandsConnectionsOnAsync(CancellationToken cancellationToken)
    {
        var handsOn = false;
        await AnswersAsync(async cancel => handsOn = await store.HandsConnectionsOnAsync(cancel), cancellationToken);
        return handsOn;
    }

    private static async Task<bool> AnswersAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            await ask(timeout.Token).WaitAsync(timeout.Token);
            return true;
        }
        catch (Exception away) when (away is StoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    private bool HasKeys()
    {
        try
        {
            return Array.TrueForAll(
                Enum.GetValues<SigningAlgorithm>(),
                algorithm => ring.Signing(algorithm) is not null
            );
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
