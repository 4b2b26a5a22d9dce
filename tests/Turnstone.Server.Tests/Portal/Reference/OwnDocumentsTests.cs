using System.Net;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Reference;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Portal.Reference;

/// <summary>The OpenAPI documents of the operator's own API in the reference.</summary>
public sealed class OwnDocumentsTests(Browser browser) : IDisposable
{
    private const string Orders = """
        {
          "openapi": "3.1.0",
          "info": { "title": "Orders", "version": "1" },
          "servers": [{ "url": "https://api.example.test/v1" }, { "url": "/here" }],
          "paths": { "/orders": { "get": { "summary": "All orders <b>of</b> an account",
            "responses": { "200": { "description": "They are listed." } } } } }
        }
        """;

    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task An_own_document_comes_first_is_drawn_and_its_API_may_be_called_from_its_page_alone()
    {
        Write("orders.json", Orders);
        await using var server = await StartAsync();
        using var visitor = new Visitor(server);
        using var answer = await visitor.GetAsync("/portal/reference");
        Assert.Contains(
            "connect-src 'self' https://api.example.test;",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        using var other = await visitor.GetAsync("/portal/reference?document=oauth2");
        Assert.Contains(
            "connect-src 'self';",
            Assert.Single(other.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        using var unknown = await visitor.GetAsync("/openapi/own/secrets.json");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        var page = await browser.OpenAsync(server);
        await page.GotoAsync("/portal/reference?document=orders");
        await page.GetByText("All orders <b>of</b> an account").WaitForAsync();
        await Look.AtAsync(page, "reference-own", script: true);
    }

    [Theory]
    [InlineData("orders.json", "{", "orders.json is no JSON: line 1.")]
    [InlineData("orders.json", "[]", "orders.json is no OpenAPI document of version 3")]
    [InlineData("orders.json", """{"swagger":"2.0","info":{"title":"x"},"paths":{}}""", "is no OpenAPI document")]
    [InlineData("orders.json", """{"openapi":"3.0.0","info":{"title":""},"paths":{}}""", "a title of 1 to 60")]
    [InlineData("orders.json", """{"openapi":"3.0.0","info":{"title":"x"},"paths":[]}""", "with paths")]
    [InlineData("oauth2.json", Orders, "oauth2.json needs another name")]
    [InlineData("Orders.json", Orders, "Orders.json needs another name")]
    public async Task A_file_that_is_none_stops_the_start_with_a_sentence(string name, string text, string says)
    {
        Write(name, text);

        var stopped = await Assert.ThrowsAsync<SettingsException>(() => Read(folder));

        Assert.Contains(says, stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_stops_the_start_too() =>
        Assert.Contains(
            "which is no folder",
            (await Assert.ThrowsAsync<SettingsException>(() => Read($"{folder}/gone"))).Message,
            StringComparison.Ordinal
        );

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private static Task Read(string place) =>
        new OwnDocuments(
            new TurnstoneSettings(AllContracts.List) { Portal = new PortalSettings { Documents = place } },
            AllContracts.List
        ).PrepareAsync(TestContext.Current.CancellationToken);

    private Task<TurnstoneServer> StartAsync() =>
        PortalServer.StartAsync(
            [$"Turnstone:Portal:Documents={folder}"],
            services => services.AddContractDocuments(AllContracts.List).AddReference(),
            rooms: app => app.MapReference()
        );

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
