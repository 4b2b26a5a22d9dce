using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Server.Operations.Provisioning;

namespace Turnstone.Server.Tests.Operations;

/// <summary>Who may be a client without a secret, as the operator's file says it.</summary>
public sealed class ProvisionedTrustTests : IAsyncLifetime
{
    private const string GitHub = "https://token.actions.githubusercontent.com";

    private TurnstoneServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await TurnstoneServer.StartAsync(_ => { }, services: s => s.AddProvisioning());

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task What_the_file_names_is_all_that_there_is_and_without_a_word_of_it_nothing_changes()
    {
        await ApplyAsync(Item(("repository", "acme/shop"), ("ref", "refs/heads/main")));
        Assert.Equal(["repository=acme/shop ref=refs/heads/main"], await RulesAsync());
        var kept = Assert.Single(await ListAsync());

        await ApplyAsync(Item(("ref", "refs/heads/main"), ("repository", "acme/shop")));
        Assert.Equal(kept.Id, Assert.Single(await ListAsync()).Id);

        await ApplyAsync(
            Item(("repository", "acme/shop"), ("environment", "production")),
            Item(("repository", "acme/shop"), ("ref", "refs/heads/main"))
        );
        Assert.Equal(2, (await ListAsync()).Count);
        await ApplyAsync(null);
        Assert.Equal(2, (await ListAsync()).Count);
        await ApplyAsync([]);
        Assert.Empty(await ListAsync());

        var query = new AuditQuery { Events = [AuditEvent.ClientChanged] };
        var entries = await server.Services.GetRequiredService<IAuditLog>().ReadAsync(query, Cancel);
        Assert.Contains(entries, entry => entry.Detail == $"provisioned: trust added: {GitHub}");
        Assert.Contains(entries, entry => entry.Detail == $"provisioned: trust removed: {GitHub}");
    }

    [Theory]
    [InlineData("$.clients[0].trust[0]: The issuer signs for others too", "repository", "acme/shop")]
    [InlineData("$.clients[0].trust[0]: The claim repository must be", "repository", null)]
    public async Task A_rule_that_could_mean_everybody_is_refused_with_its_place(
        string problem,
        string claim,
        string? value
    )
    {
        var fault = await Assert.ThrowsAsync<ProvisioningException>(() => ApplyAsync(Item((claim, value!))));

        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_client_that_nobody_else_can_prove_is_refused_with_its_place()
    {
        var fault = await Assert.ThrowsAsync<ProvisioningException>(() =>
            server
                .Services.GetRequiredService<Provisioner>()
                .ApplyAsync(
                    new ProvisioningFile
                    {
                        Clients =
                        [
                            new ClientItem
                            {
                                ClientId = "page",
                                Name = "Page",
                                Public = true,
                                Trust = [Item(("repository", "acme/shop"), ("ref", "refs/heads/main")), null!],
                            },
                        ],
                    },
                    "a file",
                    Cancel
                )
        );

        Assert.Contains("$.clients[0].trust: a public client", fault.Message, StringComparison.Ordinal);
        Assert.Contains("$.clients[0].trust[1]: give an issuer", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_provider_is_what_the_file_says_and_a_wrong_one_is_refused_with_its_place()
    {
        await ApplyProviderAsync(Provider("https://idp.example.test", "Acme.example", "shop"));
        var store = server.Services.GetRequiredService<IIdentityProviderStore>();
        var saved = (await store.FindAsync("https://idp.example.test", Cancel))!;
        Assert.Equal(("acme.example", "shop"), (Assert.Single(saved.Domains), Assert.Single(saved.Clients)));
        await ApplyProviderAsync(Provider("https://idp.example.test", "acme.example", null));
        Assert.Empty((await store.FindAsync("https://idp.example.test", Cancel))!.Clients);

        foreach (
            var (problem, item) in new[]
            {
                ("issuer: The issuer must be", Provider("idp.example.test", "acme.example", "shop")),
                ("issuer: The issuer is this server", Provider("https://id.example.test", "acme.example", "shop")),
                ("domains: give 20", Provider("https://idp.example.test", "*", "shop")),
                ("domains: give 20", Provider("https://idp.example.test", "com", "shop")),
                ("clients: nobody is no client", Provider("https://idp.example.test", "acme.example", "nobody")),
            }
        )
        {
            var fault = await Assert.ThrowsAsync<ProvisioningException>(() => ApplyProviderAsync(item));
            Assert.Contains($"$.identityProviders[0].{problem}", fault.Message, StringComparison.Ordinal);
        }
    }

    private static IdentityProviderItem Provider(string issuer, string domain, string? client) =>
        new()
        {
            Issuer = issuer,
            Domains = [domain],
            Clients = client is null ? [] : [client],
        };

    private Task<ProvisioningReport> ApplyProviderAsync(IdentityProviderItem item) =>
        server
            .Services.GetRequiredService<Provisioner>()
            .ApplyAsync(new ProvisioningFile { IdentityProviders = [item] }, "a file", Cancel);

    private static TrustItem Item(params (string Name, string Value)[] claims) =>
        new()
        {
            Issuer = GitHub,
            Audience = "https://id.example.test",
            Claims = claims.ToDictionary(claim => claim.Name, claim => claim.Value),
        };

    private Task<ProvisioningReport> ApplyAsync(params TrustItem[]? trust) =>
        server
            .Services.GetRequiredService<Provisioner>()
            .ApplyAsync(
                new ProvisioningFile
                {
                    Clients =
                    [
                        new ClientItem
                        {
                            ClientId = "batch",
                            Name = "Batch",
                            GrantTypes = ["client_credentials"],
                            Trust = trust,
                        },
                    ],
                },
                "a file",
                Cancel
            );

    private Task<IReadOnlyList<TrustRule>> ListAsync() =>
        server.Services.GetRequiredService<ITrustStore>().ListAsync("batch", Cancel);

    private async Task<IEnumerable<string>> RulesAsync() =>
        (await ListAsync()).Select(rule => string.Join(' ', rule.Conditions));
}
