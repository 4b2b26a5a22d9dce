using Turnstone.Abuse;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Sessions;
using Turnstone.Testing;

namespace Turnstone.Tests.Abuse;

public sealed class LoginSteeringTests
{
    private readonly ManualTime time = new();
    private readonly Openings sessions = new();
    private readonly ApiKey key;

    public LoginSteeringTests() => key = new ApiKey
    {
        Id = RandomSource.System.NewId(time.Now),
        AccountId = RandomSource.System.NewId(time.Now),
        Name = "ci",
        Hash = [],
        Hint = "",
        CreatedAt = time.Now,
        FreezesAt = time.Now.AddDays(90),
    };

    private LoginSteering Steering => new(sessions, new LoginSteeringSettings(), time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_logins_in_a_quarter_of_an_hour_and_the_next_is_told_to_refresh()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await Steering.CheckAsync(key, Cancel));
            sessions.Opened.Add((key.Id, time.Now));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        var refusal = await Steering.CheckAsync(key, Cancel);

        Assert.Equal(RefusalCode.UseRefreshInstead, refusal?.Code);
        Assert.Equal(TimeSpan.FromMinutes(5), refusal?.RetryAfter);
        time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(1));
        Assert.Null(await Steering.CheckAsync(key, Cancel));
    }

    [Fact]
    public async Task Logins_from_before_the_clock_was_set_back_do_not_count()
    {
        sessions.Opened.AddRange(Enumerable.Repeat((key.Id, time.Now.AddHours(1)), 10));

        Assert.Null(await Steering.CheckAsync(key, Cancel));
    }

    [Fact]
    public async Task Another_key_is_not_steered()
    {
        sessions.Opened.AddRange(Enumerable.Repeat((key.Id, time.Now), 50));

        Assert.NotNull(await Steering.CheckAsync(key, Cancel));
        Assert.Null(await Steering.CheckAsync(key with { Id = RandomSource.System.NewId(time.Now) }, Cancel));
    }

    /// <summary>The one question that steering asks.</summary>
    private sealed class Openings : ISessionStore
    {
        public List<(Guid Key, DateTimeOffset At)> Opened { get; } = [];

        public Task<IReadOnlyList<DateTimeOffset>> OpenedSinceAsync(Guid apiKeyId, DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<DateTimeOffset>>([.. Opened.Where(o => o.Key == apiKeyId && o.At >= since).Select(o => o.At).Order().Take(limit)]);

        public Task<bool> OpenAsync(Session session, Vouchers vouchers, AuditEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<RotationDecision> RotateAsync(RefreshAttempt attempt, Func<RotationDecision, AuditEntry> reuseEntry, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> RevokeAsync(SessionId id, RevocationReason reason, AuditEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> RevokeAllAsync(SessionHolder holder, RevocationReason reason, AuditEntry entry, CancellationToken cancellationToken, SessionId? except = null) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<Session>> ListAsync(SessionHolder holder, int limit, CancellationToken cancellationToken, SessionPlace? after = null) => throw new NotSupportedException();

        public Task<IReadOnlyList<RevokedSession>> RevokedSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
