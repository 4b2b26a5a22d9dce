using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Tests.Sessions;

/// <summary>
/// Rows and attempts for the decision's tests: a session at generation 5 whose access token lives an hour and whose
/// refresh token a day.
/// </summary>
internal static class RotationRows
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Terms Usual = new()
    {
        Contract = "test",
        AccessLifetime = TimeSpan.FromHours(1),
        RefreshLifetime = TimeSpan.FromDays(1),
    };

    public static readonly byte[] KeyA = [.. Enumerable.Repeat((byte)0xA, 32)];

    public static readonly byte[] KeyB = [.. Enumerable.Repeat((byte)0xB, 32)];

    public static readonly SessionId Id = new(Guid.Parse("018f0000-0000-7000-8000-000000000001"));

    /// <summary>A row that reached its generation at noon.</summary>
    public static Session Row(uint generation = 5, Terms? terms = null, byte[]? key = null) =>
        new()
        {
            Id = Id,
            Contract = "test",
            Grant = GrantKind.Password,
            Subject = "somebody",
            Scopes = Scopes.None,
            Refreshable = true,
            Generation = generation,
            CreatedAt = Noon.AddHours(-5),
            AdvancedAt = Noon,
            AccessExpiresAt = Noon + (terms ?? Usual).AccessLifetime,
            RefreshExpiresAt = Noon + (terms ?? Usual).RefreshLifetime,
            AdvanceKeyHash = key,
            OpenedBy = new Caller("192.0.2.1"),
        };

    public static RefreshAttempt Attempt(
        uint generation,
        byte[]? key = null,
        Terms? terms = null,
        string? client = null
    ) => new(new RefreshToken(Id, generation), client, key, terms ?? Usual);
}
