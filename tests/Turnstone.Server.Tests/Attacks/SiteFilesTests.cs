using System.Net;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>What a browser, a crawler or whoever found a vulnerability looks for at the root.</summary>
public sealed class SiteFilesTests
{
    private const string Issuer = "https://id.example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("max-age=31536000", Issuer, 365)]
    [InlineData(null, Issuer, 0)]
    [InlineData(null, "http://id.example.test", 365)]
    [InlineData(null, "https://localhost", 365)]
    public async Task Browsers_are_held_to_https_only_where_clients_use_it(string? expected, string issuer, int days)
    {
        await using var server = await InProcess.ServeAsync(
            settings: new Dictionary<string, string>
            {
                ["Turnstone:Issuer"] = issuer,
                ["Turnstone:StrictTransportSecurityDays"] = $"{days}",
            }
        );
        foreach (
            var path in new[] { "/portal/sign-in", "/portal/nowhere", "/nowhere", "/auth/v2/login", "/health/live" }
        )
        {
            using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Equal(
                expected,
                answer.Headers.TryGetValues("Strict-Transport-Security", out var told) ? told.Single() : null
            );
        }
    }

    [Fact]
    public async Task Whoever_found_a_vulnerability_reads_whom_to_tell()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:SecurityContact=mailto:security@example.test",
        ]);

        using var answer = await server.Http.GetAsync(new Uri("/.well-known/security.txt", UriKind.Relative), Cancel);

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            "Contact: mailto:security@example.test\nExpires: 2031-11-02T00:00:00Z\n"
                + $"Canonical: {Issuer}/.well-known/security.txt\nPreferred-Languages: en, de\n",
            await answer.Content.ReadAsStringAsync(Cancel)
        );
    }

    [Fact]
    public async Task Without_a_contact_there_is_no_file()
    {
        await using var server = await PortalServer.StartAsync();
        using var answer = await server.Http.GetAsync(new Uri("/.well-known/security.txt", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Password_managers_crawlers_and_tabs_find_what_is_theirs()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);

        using var change = await visitor.GetAsync("/.well-known/change-password");
        Assert.Equal(
            (HttpStatusCode.Redirect, "/portal/profile/security/password"),
            (change.StatusCode, change.Headers.Location?.OriginalString)
        );
        Assert.Equal("User-agent: *\nDisallow: /\n", await visitor.PageAsync("/robots.txt"));
        using var icon = await visitor.GetAsync("/favicon.ico");
        Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType?.ToString());
        Assert.Contains(
            "<link rel=\"icon\" href=\"/portal/assets/",
            await visitor.PageAsync("/portal/sign-in"),
            StringComparison.Ordinal
        );
    }
}
