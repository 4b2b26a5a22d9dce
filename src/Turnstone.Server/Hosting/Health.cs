using Turnstone.AccessTokens;
using Turnstone.Credentials.Passwords;
using Turnstone.Keys;
using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>Whether the process runs, and whether it can do its work. Short, and without a word about the inside.</summary>
public static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A node that has not heard of revocations for so long should not be asked.</summary>
    private static readonly TimeSpan LongestDeafness = TimeSpan.FromSeconds(30);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup("/health").ExcludeFromDescription();
        health.MapGet("/live", () => Results.Json(new { status = "live" }));
        health.MapGet("/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(
        Store store, SigningKeyRing ring, RevokedSessions revoked, PasswordLane lane, PasswordLaneSettings laneSettings, TimeProvider time,
        IHostApplicationLifetime lifetime, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        List<string> missing = [];
        Note(missing, "stopping", !lifetime.ApplicationStopping.IsCancellationRequested);
        Note(missing, "storage", await AnswersAsync(store, context.RequestAborted));
        Note(missing, "keys", HasKeys(ring));
        Note(missing, "revocations", time.GetUtcNow() - revoked.CurrentAsOf < LongestDeafness);
        Note(missing, "queue", store.QueueDepth < store.QueueCapacity);
        Note(missing, "passwords", lane.Depth < laneSettings.Queue);
        return missing.Count == 0
            ? Results.Json(new { status = "ready" })
            : Results.Json(new { status = "not ready", missing }, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static void Note(List<string> missing, string what, bool good)
    {
        if (!good)
        {
            missing.Add(what);
        }
    }

    private static async Task<bool> AnswersAsync(Store store, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await store.PingAsync(patience.Token).WaitAsync(patience.Token);
            return true;
        }
        catch (Exception away) when (away is StoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    private static bool HasKeys(SigningKeyRing ring)
    {
        try
        {
            return Array.TrueForAll(Enum.GetValues<SigningAlgorithm>(), algorithm => ring.Signing(algorithm) is not null);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
