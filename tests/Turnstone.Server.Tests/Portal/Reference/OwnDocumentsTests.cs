using System.Net;
using Microsoft.AspNetCore.Http;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Reference;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal.Administration;

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

    [Fact]
    public async Task One_that_is_not_public_yet_is_seen_by_administrators_alone()
    {
        Write("refunds.json", Orders.Replace("\"Orders\"", "\"Refunds\"", StringComparison.Ordinal));
        await using var server = await StartAsync($"Turnstone:Portal:Preview:Documents={folder}");
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var ada = await Visitor.SignedInAsync(server);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        using var visitor = new Visitor(server);
        var place = $"{OwnDocuments.PreviewRoot}/refunds.json";

        using var shown = await ada.GetAsync(ReferencePages.Page);
        var text = await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Refunds", text, StringComparison.Ordinal);
        Assert.Contains($"data-document=\"{place}\"", text, StringComparison.Ordinal);
        Assert.Contains("Turnstone:Portal:Preview", text, StringComparison.Ordinal);
        Assert.Contains(
            "connect-src 'self' https://api.example.test;",
            Assert.Single(shown.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        using var document = await ada.GetAsync(place);
        Assert.Equal(HttpStatusCode.OK, document.StatusCode);
        Assert.True(document.Headers.CacheControl?.NoStore);
        foreach (var other in new[] { grace, visitor })
        {
            var page = await other.PageAsync($"{ReferencePages.Page}?document=refunds");
            Assert.DoesNotContain("Refunds", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Preview", page, StringComparison.Ordinal);
            using var hidden = await other.GetAsync(place);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        }

        using var open = await ada.GetAsync($"{OwnDocuments.Root}/refunds.json");
        Assert.Equal(HttpStatusCode.NotFound, open.StatusCode);

        var drawn = await browser.SignedInAsync(server);
        await drawn.GotoAsync(ReferencePages.Page);
        await drawn.GetByText("All orders <b>of</b> an account").WaitForAsync();
        await Look.AtAsync(drawn, "reference-preview", script: true);
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
        var previewed = await Assert.ThrowsAsync<SettingsException>(() => Read(folder, preview: true));

        Assert.Contains(says, stopped.Message, StringComparison.Ordinal);
        Assert.Contains(says, previewed.Message, StringComparison.Ordinal);
        Assert.Contains("Turnstone:Portal:Preview:Documents: ", previewed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_stops_the_start_too() =>
        Assert.Contains(
            "which is no folder",
            (await Assert.ThrowsAsync<SettingsException>(() => Read($"{folder}/gone"))).Message,
            StringComparison.Ordinal
        );

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private static Task Read(string place, bool preview = false)
    {
        var portal = preview
            ? new PortalSettings { Preview = new PreviewSettings { Documents = place } }
            : new PortalSettings { Documents = place };
        var settings = new TurnstoneSettings(AllContracts.List) { Portal = portal };
        return new OwnDocuments(
            settings,
            AllContracts.List,
            new Preview(new HttpContextAccessor(), settings)
        ).PrepareAsync(TestContext.Current.CancellationToken);
    }

    private Task<TurnstoneServer> StartAsync(params string[] settings) =>
        PortalServer.StartAsync(
            settings.Length > 0 ? settings : [$"Turnstone:Portal:Documents={folder}"],
            services => services.AddContractDocuments(AllContracts.List).AddReference(),
            rooms: app => app.MapReference()
        );

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
