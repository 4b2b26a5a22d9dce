using Turnstone.Abuse;
using Turnstone.AccessTokens;
using Turnstone.Credentials.Passwords;
using Turnstone.Keys;

namespace Turnstone.Server.Composition;

/// <summary>What the core is built from, as the host has read and validated it.</summary>
public sealed record CoreSettings
{
    public required TokenIssuer Issuer { get; init; }

    public KeyCalendar Calendar { get; init; } = new();

    public LoginThrottleSettings Logins { get; init; } = new();

    public LoginSteeringSettings Steering { get; init; } = new();

    public RequestLimitSettings Requests { get; init; } = new();

    public PasswordLaneSettings Passwords { get; init; } = new();
}
