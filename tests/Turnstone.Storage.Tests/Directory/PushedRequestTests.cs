using Turnstone.Authorization;

namespace Turnstone.Storage.Tests.Directory;

public abstract class PushedRequestTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Of_many_who_take_one_at_once_one_gets_it()
    {
        var request = await GivenAsync("shop", Time.Now.AddSeconds(60));

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync(request, "shop")));

        Assert.Equal(request.Query, Assert.Single(taken, query => query is not null));
    }

    [Fact]
    public async Task Another_client_does_not_take_it_and_leaves_it_there()
    {
        var request = await GivenAsync("shop", Time.Now.AddSeconds(60));

        Assert.Null(await TakeAsync(request, "depot"));
        Assert.Equal(request.Query, await TakeAsync(request, "shop"));
    }

    [Fact]
    public async Task One_that_has_ended_is_not_there_and_is_swept()
    {
        var dead = await GivenAsync("shop", Time.Now.AddSeconds(60));
        var alive = await GivenAsync("shop", Time.Now.AddSeconds(121));
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(await TakeAsync(dead, "shop"));
        Time.Advance(TimeSpan.FromSeconds(60));

        Assert.InRange((await Store.Upkeep.SweepAsync(new Retention(), Cancel)).Pushed, 1, int.MaxValue);

        Assert.Equal(alive.Query, await TakeAsync(alive, "shop"));
    }

    private Task<string?> TakeAsync(PushedRequest request, string client) =>
        Store.PushedRequests.TakeAsync(request.Hash, client, Time.Now, Cancel);

    private async Task<PushedRequest> GivenAsync(string client, DateTimeOffset end)
    {
        var request = new PushedRequest(NewHash(), client, $"client_id={client}&state=%C3%A9", end);
        await Store.PushedRequests.AddAsync(request, Cancel);
        return request;
    }
}

public sealed class Pushed_requests_on_SQLite(SqliteDatabase database)
    : PushedRequestTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Pushed_requests_on_PostgreSQL(PostgresDatabase database)
    : PushedRequestTests(database),
        IClassFixture<PostgresDatabase>;
