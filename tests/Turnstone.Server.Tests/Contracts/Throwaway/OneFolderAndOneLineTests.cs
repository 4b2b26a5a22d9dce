using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Reference;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Administration;

namespace Turnstone.Server.Tests.Contracts.Throwaway;

/// <summary>
/// Adding a contract is one folder (<see cref="ThrowawayContract"/>) and one line (<see cref="List"/>): routes,
/// settings, documents and pages have it from its descriptor.
/// </summary>
public sealed class OneFolderAndOneLineTests
{
    private static readonly ContractList List = new([.. AllContracts.List.All, ThrowawayContract.Descriptor]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_mapped_answers_in_its_own_shape_and_stands_in_the_record()
    {
        await using var server = await StartAsync();

        using var granted = await LoginAsync(server);
        using var refused = await LoginAsync(server, "tsk_unknown");
        using var unknown = await server.GetAsync($"{ThrowawayContract.Prefix}/nothing");

        Assert.Equal(HttpStatusCode.OK, granted.StatusCode);
        var token = (string)(await granted.BodyAsync())["token"]!;
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v3/individuals", token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(
            (HttpStatusCode.NotFound, "\"There is no such path in this contract.\""),
            (unknown.StatusCode, await unknown.Content.ReadAsStringAsync(Cancel))
        );
        var entries = await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { Event = AuditEvent.Login }, Cancel);
        Assert.Equal(ThrowawayContract.Descriptor.Name, Assert.Single(entries).Contract);
    }

    [Fact]
    public async Task It_has_its_document_and_its_place_in_the_reference()
    {
        await using var server = await StartAsync();
        using var visitor = new Visitor(server);

        var document = await visitor.PageAsync($"/openapi/{ThrowawayContract.Document}.json");
        var reference = await visitor.PageAsync($"/portal/reference?document={ThrowawayContract.Document}");

        Assert.Contains("\"title\": \"Turnstone /throwaway\"", document, StringComparison.Ordinal);
        Assert.Contains($"\"{ThrowawayContract.LoginPath}\"", document, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"page\">/throwaway</a>", reference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_settings_are_read_checked_described_and_shown()
    {
        await using var server = await StartAsync("Turnstone:Contracts:Throwaway:AccessTokenSeconds=77");
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var ada = await Visitor.SignedInAsync(server);

        using var granted = await LoginAsync(server);
        Assert.Equal(77, (int)(await granted.BodyAsync())["seconds"]!);

        Assert.Contains(
            "Turnstone:Contracts:Throwaway:AccessTokenSeconds is 0: give it a number from 1 to 7776000.",
            Problems(("AccessTokenSeconds", "0"))
        );
        Assert.Contains("<code>77</code>", await ada.PageAsync("/portal/admin/settings"), StringComparison.Ordinal);
        Assert.Contains(
            "## Turnstone:Contracts:Throwaway\n\n`/throwaway`.\n",
            ConfigurationPage.Write(List),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_portal_serves_its_authorization_endpoint_and_lists_it_with_its_key()
    {
        await using var server = await StartAsync();
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var ada = await Visitor.SignedInAsync(server);

        using var consent = await ada.GetAsync($"{ThrowawayContract.Prefix}/authorize?client_id=nobody");

        Assert.Equal(HttpStatusCode.BadRequest, consent.StatusCode);
        Assert.True(consent.Headers.Contains("Content-Security-Policy"));
        Assert.Contains("/throwaway", await ada.PageAsync("/portal/admin/keys"), StringComparison.Ordinal);
        var form = await ada.PageAsync("/portal/applications/new?kind=server");
        Assert.Contains("/throwaway", form, StringComparison.Ordinal);
    }

    private static Task<TurnstoneServer> StartAsync(params string[] settings) =>
        PortalServer.StartAsync(
            settings,
            services => services.AddContractDocuments(List).AddReference(),
            rooms: app => app.MapReference(),
            contracts: List
        );

    private static Task<HttpResponseMessage> LoginAsync(TurnstoneServer server, string key = Known.ApiKey) =>
        server.SendAsync(HttpMethod.Post, ThrowawayContract.LoginPath, null, ("Key", key));

    private static IReadOnlyList<string> Problems(params (string Name, string Value)[] settings)
    {
        var reader = new SettingsReader();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(pair =>
                KeyValuePair.Create($"Turnstone:Contracts:Throwaway:{pair.Name}", (string?)pair.Value)
            )
        );
        reader.Read(configuration.Build().GetSection(TurnstoneSettings.Section), new TurnstoneSettings(List));
        return reader.Problems;
    }
}
