using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts.AuthV2;

/// <summary>What a product's subscribers may do, and that a token says which product it is for.</summary>
public abstract class ProductScopesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_gets_the_scopes_of_its_product_and_a_refresh_keeps_both()
    {
        await using var server = await StartAsync();
        var login = await PairAsync(server.Http.LoginV2Async());

        AssertToken(server, login.Access, "starter", "individuals.read");
        var newer = await PairAsync(server.Http.RefreshV2Async(login.Refresh));
        AssertToken(server, newer.Access, "starter", "individuals.read");
        var older = await PairAsync(server.Http.RefreshV1Async(newer.Refresh));
        AssertToken(server, older.Access, "starter", "individuals.read");
        using var opened = await server.GetAsync("/v3/individuals", older.Access);
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    [Fact]
    public async Task A_product_without_scopes_gives_none_and_is_named_all_the_same()
    {
        await using var server = await StartAsync();
        await AllowAsync(server);

        var login = await PairAsync(server.Http.LoginV2Async());

        AssertToken(server, login.Access, "starter", "");
        using var refused = await server.GetAsync("/v3/individuals", login.Access);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_refresh_keeps_no_more_than_the_product_still_allows(string contract)
    {
        await using var server = await StartAsync();
        await AllowAsync(server, "individuals.read", "openid");
        var login = await PairAsync(server.Http.LoginV2Async());
        AssertToken(server, login.Access, "starter", "individuals.read openid");

        await AllowAsync(server, "openid", "email");
        var refreshed = await PairAsync(RefreshAsync(login.Refresh));
        AssertToken(server, refreshed.Access, "starter", "openid");

        // What it was opened with is remembered: a product that was narrowed by mistake logs nobody out.
        await AllowAsync(server, "individuals.read", "openid", "email");
        var again = await PairAsync(RefreshAsync(refreshed.Refresh));
        AssertToken(server, again.Access, "starter", "individuals.read openid");

        Task<HttpResponseMessage> RefreshAsync(string token) =>
            contract == "v1" ? server.Http.RefreshV1Async(token) : server.Http.RefreshV2Async(token);
    }

    [Fact]
    public async Task A_renamed_product_is_named_anew_at_the_next_refresh()
    {
        await using var server = await StartAsync();
        var login = await PairAsync(server.Http.LoginV2Async());
        await ChangeAsync(server, product => product with { Name = "payments" });

        var refreshed = await PairAsync(server.Http.RefreshV2Async(login.Refresh));

        AssertToken(server, refreshed.Access, "payments", "individuals.read");
    }

    /// <summary>
    /// A session as a server of the version before wrote it: with its subscription and without a product.
    /// </summary>
    [Fact]
    public async Task A_session_from_before_is_refreshed_as_it_was()
    {
        await using var server = await StartAsync();
        await AllowAsync(server);
        var login = await PairAsync(server.Http.LoginV2Async());
        await ForgetProductsOfSessionsAsync(server);
        await AllowAsync(server, "individuals.read");

        var refreshed = await PairAsync(server.Http.RefreshV2Async(login.Refresh));

        AssertToken(server, refreshed.Access, null, "");
    }

    protected abstract Task<TurnstoneServer> StartAsync();

    protected abstract Task ForgetProductsOfSessionsAsync(TurnstoneServer server);

    private static Task AllowAsync(TurnstoneServer server, params string[] scopes) =>
        ChangeAsync(server, product => product with { Scopes = Scopes.Of(scopes) });

    private static async Task ChangeAsync(TurnstoneServer server, Func<Product, Product> change)
    {
        var store = server.Services.GetRequiredService<ISubscriptionStore>();
        var product = Assert.Single(await store.ListProductsAsync(Cancel));
        var entry = new AuditEntry
        {
            Event = AuditEvent.ProductChanged,
            At = server.Time.Now,
            Caller = Caller.Operator,
        };
        Assert.True((await store.SaveProductAsync(change(product), entry, Cancel)).IsCommitted);

        // A server hears of it by itself; a test does not wait for that.
        await server.Services.GetRequiredService<Products>().RefreshAsync(Cancel);
    }

    private static async Task<Pair> PairAsync(Task<HttpResponseMessage> answering)
    {
        using var answer = await answering;
        return await AuthServer.PairAsync(answer);
    }

    private static void AssertToken(TurnstoneServer server, string access, string? product, string scopes)
    {
        Assert.True(server.Services.GetRequiredService<AccessTokenReader>().Read(access).Good(out var claims));
        Assert.Equal((product, scopes), (claims.Product, claims.Scopes.ToString()));
    }
}

public sealed class Product_scopes_on_SQLite : ProductScopesTests
{
    protected override Task<TurnstoneServer> StartAsync() => Wire.StartAsync();

    protected override async Task ForgetProductsOfSessionsAsync(TurnstoneServer server)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(server.Database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE sessions SET product_id = NULL";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}

public sealed class Product_scopes_on_PostgreSQL : ProductScopesTests, IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private string database = "";

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
    }

    protected override Task<TurnstoneServer> StartAsync() =>
        TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [
                $"ConnectionStrings:Turnstone={database}",
                $"Turnstone:MasterKey={Convert.ToBase64String(RandomSource.System.Bytes(32))}",
            ],
            services => services.AddSingleton<IPreparationStep, Known>()
        );

    protected override async Task ForgetProductsOfSessionsAsync(TurnstoneServer server)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE sessions SET product_id = NULL";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
