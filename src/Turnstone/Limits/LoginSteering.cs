using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Limits;

/// <summary>How often one API key may log in while its sessions could be refreshed.</summary>
public sealed record LoginSteeringSettings
{
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    public int LoginsPerWindow { get; init; } = 10;
}

/// <summary>
/// Steers a client that logs in again and again back to refreshing. The key is never locked: as soon as the oldest
/// login has left the window there is room for one.
/// </summary>
public sealed class LoginSteering(LoginSteeringSettings settings, TimeProvider time)
{
    public LoginAllowance Allowance()
    {
        var now = time.GetUtcNow();
        return new(now - settings.Window, now + AccessTokenLimits.Skew, settings.LoginsPerWindow);
    }

    /// <param name="oldest">When the oldest of the logins that filled the window was.</param>
    public Refusal Refused(DateTimeOffset oldest) =>
        new(
            RefusalCode.UseRefreshInstead,
            "This API key has logged in many times while its sessions could be refreshed.",
            "Refresh with the last refresh token; log in again when the session has ended, "
                + "or after the time in Retry-After.",
            oldest + settings.Window - time.GetUtcNow()
        );
}
