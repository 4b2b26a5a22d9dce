using Turnstone.Client;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>What every store of the .NET client has to do; each store runs it.</summary>
public abstract class StoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The store under test, as another process of the same machine would open it.</summary>
    protected abstract ISessionStore Open();

    [Fact]
    public async Task What_was_written_is_read_by_another()
    {
        Assert.Null(await Open().ReadAsync("one", Cancel));
        await using (await Open().LockAsync("one", Cancel))
        {
            Assert.True(await Open().WriteAsync("one", "first", null, Cancel));
        }

        Assert.Equal("first", await Open().ReadAsync("one", Cancel));
        Assert.Null(await Open().ReadAsync("two", Cancel));
    }

    [Fact]
    public async Task Nobody_writes_over_what_he_has_not_read()
    {
        await using var held = await Open().LockAsync("one", Cancel);
        Assert.False(await Open().WriteAsync("one", "second", "first", Cancel));
        Assert.True(await Open().WriteAsync("one", "first", null, Cancel));
        Assert.False(await Open().WriteAsync("one", "second", null, Cancel));
        Assert.True(await Open().WriteAsync("one", "second", "first", Cancel));
        Assert.Equal("second", await Open().ReadAsync("one", Cancel));
    }

    [Fact]
    public async Task One_works_on_a_session_at_a_time_and_others_on_others()
    {
        var (inside, most) = (0, 0);
        var workers = Enumerable
            .Range(0, 8)
            .Select(async _ =>
            {
                await using var held = await Open().LockAsync("one", Cancel);
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await using var other = await Open().LockAsync($"other-{inside}", Cancel);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            });
        await Task.WhenAll(workers);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Who_waits_for_the_lock_can_leave()
    {
        await using var held = await Open().LockAsync("one", Cancel);
        using var leaving = new CancellationTokenSource();
        var waiting = Open().LockAsync("one", leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Sessions_that_share_it_refresh_once()
    {
        var (server, sessions) = (new CountingServer(), new List<TurnstoneSession>());
        for (var i = 0; i < 6; i++)
        {
            var options = new SessionOptions
            {
                Server = new Uri("http://tokens.example.test"),
                Contract = Contract.AuthV2,
                Store = Open(),
                Handler = server,
            };
            options.Credentials["username"] = options.Credentials["password"] = "ada";
            options.Credentials["subscription_key"] = "key";
            sessions.Add(new TurnstoneSession(options));
        }

        var tokens = await Task.WhenAll(sessions.Select(session => session.GetAccessTokenAsync(null, Cancel)));
        Assert.Single(tokens.Select(token => token.Value).Distinct());
        tokens = await Task.WhenAll(sessions.Select((session, i) => session.GetAccessTokenAsync(tokens[i], Cancel)));
        Assert.Single(tokens.Select(token => token.Value).Distinct());
        Assert.Equal((1, 1), (server.SignIns, server.Refreshes));
    }
}
