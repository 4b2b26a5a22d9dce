using Turnstone.AccessTokens;
using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Abuse;

/// <summary>How often one API key may log in while its sessions could be refreshed.</summary>
public sealed record LoginSteeringSettings
{
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    public int LoginsPerWindow { get; init; } = 10;
}

/// <summary>
/// Steers a client that logs in again and again back to refreshing. The sessions themselves are the count, so every node counts the same;
/// the key is never locked: as soon as the oldest login has left the window there is room for one.
/// </summary>
public sealed class LoginSteering(ISessionStore sessions, LoginSteeringSettings settings, TimeProvider time)
{
    public async Task<Refusal?> CheckAsync(ApiKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var now = time.GetUtcNow();
        var since = now - settings.Window;

        // A login as old as the window has left it: whoever waited for the time in Retry-After is let in. One of the time to come was before the clock was set back.
        var opened = (await sessions.OpenedSinceAsync(key.Id, since, settings.LoginsPerWindow, cancellationToken)).Where(at => at > since && at <= now + AccessTokenReader.Skew).ToList();
        return opened.Count < settings.LoginsPerWindow ? null : new Refusal(
            RefusalCode.UseRefreshInstead,
            "This API key has logged in many times while its sessions could be refreshed.",
            "Refresh with the last refresh token; log in again when the session has ended, or after the time in Retry-After.",
            opened[0] + settings.Window - now);
    }
}
