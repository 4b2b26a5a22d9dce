using Turnstone.Model;
using Turnstone.Server.Portal.Authorize;

namespace Turnstone.Server.Portal.Device;

/// <summary>The question whether a device may come in.</summary>
/// <param name="Asked">Who wants what.</param>
/// <param name="UserCode">The code, as the device shows it.</param>
/// <param name="AskedBy">From where the code was asked.</param>
/// <param name="At">When.</param>
public sealed record DeviceQuestion(AskedFor Asked, string UserCode, Caller AskedBy, DateTimeOffset At);

/// <summary>What has come of it.</summary>
public enum DeviceEnding
{
    Allowed,
    Denied,

    /// <summary>Somebody has answered before, or it was too late.</summary>
    Gone,
}
