using Turnstone.Credentials.Passwords;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>One thing that this node needs to serve requests.</summary>
public sealed record ReadinessCheck(string Name, bool Good);

/// <summary>What this node needs to serve requests, for the load balancer and for administrators.</summary>
public sealed class Readiness(
    Store store,
    SigningKeyRing ring,
    RevokedSessions revoked,
    PasswordLane lane,
    PasswordLaneSettings laneSettings,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>A node that has not heard of revocations for this long must not serve requests.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken) =>
        [
            new("stopping", !lifetime.ApplicationStopping.IsCancellationRequested),
            new("storage", await StoreAnswersAsync(cancellationToken)),
            new("keys", HasKeys()),
            new("revocations", time.GetUtcNow() - revoked.CurrentAsOf < LongestSilence),
            new("queue", store.QueueDepth < store.QueueCapacity),
            new("passwords", lane.Depth < laneSettings.Queue),
        ];

    private async Task<bool> StoreAnswersAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            await store.PingAsync(timeout.Token).WaitAsync(timeout.Token);
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
