using Microsoft.Extensions.DependencyInjection;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Resources;

/// <summary>Three registered APIs, the clients as which two of them introspect, and a shop that may use them.</summary>
internal static class KnownApis
{
    public const string Settings = "https://id.example.test";
    public const string Orders = "https://orders.example.test/v1";
    public const string Stock = "https://stock.example.test";

    /// <summary>It has no scopes. The shop is registered for it.</summary>
    public const string Open = "urn:example:open";

    public const string Secret = "the secret of an API, long enough";

    public static readonly TimeSpan OrdersLife = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static (string Name, string Value) AsOrders => Wire.Basic("orders-api", Secret);

    public static (string Name, string Value) AsStock => Wire.Basic("stock-api", Secret);

    public static Api Of(string id, string identifier, params string[] scopes) =>
        new()
        {
            Id = id,
            Identifier = identifier,
            Name = id,
            Scopes = [.. scopes.Select(Scope)],
        };

    public static ApiScope Scope(string name) =>
        new(name, new Dictionary<string, string> { ["en"] = $"May {name}", ["de"] = $"Darf {name}" });

    public static async Task AddAsync(TurnstoneServer server)
    {
        var clients = server.Services.GetRequiredService<Clients>();
        foreach (var id in (string[])["orders-api", "stock-api"])
        {
            var client = new Client
            {
                Id = id,
                Name = id,
                CreatedAt = default,
            };
            Assert.NotNull(await clients.CreateAsync(client, Secret, Caller.Operator, Cancel));
        }

        await AddAsync(
            server,
            Of("orders", Orders, "orders.read", "orders.write") with
            {
                AccessLifetime = OrdersLife,
                Algorithm = SigningAlgorithm.RS256,
                IntrospectsAs = "orders-api",
            }
        );
        await AddAsync(server, Of("stock", Stock, "stock.read") with { IntrospectsAs = "stock-api" });
        await AddAsync(server, Of("open", Open));
        await ChangeAsync(
            server,
            Known.ClientId,
            client =>
                client with
                {
                    Scopes = Scopes.Of([.. client.Scopes.Names, "orders.read", "stock.read"]),
                    Resources = Turnstone.Model.Resources.Of([Open]),
                }
        );
    }

    public static async Task AddAsync(TurnstoneServer server, Api api)
    {
        var catalogue = server.Services.GetRequiredService<ApiCatalogue>();
        Assert.Empty(await catalogue.ProblemsOfAsync(api, ["en", "de"], [], Cancel));
        Assert.NotNull(await catalogue.AddAsync(api, Caller.Operator, Cancel));
    }

    public static async Task ChangeAsync(TurnstoneServer server, string client, Func<Client, Client> change) =>
        Assert.NotNull(
            await server
                .Services.GetRequiredService<Clients>()
                .ChangeAsync(client, change, "changed", Caller.Operator, Cancel)
        );
}
