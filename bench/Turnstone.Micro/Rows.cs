using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Micro;

/// <summary>A session as a login by a client on behalf of an account leaves it.</summary>
internal static class Rows
{
    public static Session New(DateTimeOffset now, uint generation = 0) =>
        new()
        {
            Id = SessionId.New(RandomSource.System, now),
            Contract = CoreFixture.Terms.Contract,
            Grant = GrantKind.Password,
            Subject = "0197f3a2-5e0b-7c11-9d58-8f0f5f4a6f10",
            Scopes = Scopes.Of(["individuals.read", "profile"]),
            Refreshable = true,
            Generation = generation,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = now + CoreFixture.Terms.AccessLifetime,
            LongestAccess = CoreFixture.Terms.AccessLifetime,
            RefreshExpiresAt = now + CoreFixture.Terms.RefreshLifetime,
            LastUsedAt = now,
            OpenedBy = new Caller("192.0.2.7", "curl/8.5"),
        };

    public static RefreshAttempt Attempt(Session row, uint generation) =>
        new(new RefreshToken(row.Id, generation), row.ClientId, null, CoreFixture.Terms);
}
