using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>What the page of the question says.</summary>
public sealed class ConsentPageTests
{
    [Fact]
    public async Task The_page_names_the_client_its_owner_and_each_scope_in_words_and_shows_html_as_text()
    {
        const string Html = "<script>alert(1)</script>\"'";
        await using var server = await PortalServer.StartAsync();
        await ConsentTests.ChangeAsync(
            server,
            client =>
                client with
                {
                    Name = Html,
                    Scopes = Scopes.Of(["openid", "offline_access", "<b>odd</b>"]),
                    RedirectUris = ["https://shop.example.test/back"],
                }
        );
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync(AuthorizeUrl.OAuth2(("redirect_uri", "https://shop.example.test/back")));

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>odd", page, StringComparison.Ordinal);
        Assert.Contains(
            "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27; wants access",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("belongs to the provider", page, StringComparison.Ordinal);
        Assert.Contains("Learn which account is yours", page, StringComparison.Ordinal);
        Assert.Contains("<code>&lt;b&gt;odd&lt;/b&gt;</code>", page, StringComparison.Ordinal);
        Assert.Contains("continue at <strong>shop.example.test</strong>", page, StringComparison.Ordinal);
        Assert.Contains("signed in as ada@example.test", page, StringComparison.Ordinal);

        var owner = (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id;
        await ConsentTests.ChangeAsync(server, client => client with { OwnerId = owner });
        Assert.Contains(
            "belongs to grace@example.test.",
            await visitor.PageAsync(AuthorizeUrl.OAuth2(("redirect_uri", "https://shop.example.test/back"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_scope_is_told_in_the_operators_own_words_where_there_are_some()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Portal:Scopes:0=individuals.read=Look up people for you",
        ]);
        using var visitor = await Visitor.SignedInAsync(server);

        Assert.Contains(
            "Look up people for you",
            await visitor.PageAsync(AuthorizeUrl.OAuth2(("scope", "individuals.read"))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("company", true)]
    [InlineData("user", false)]
    public async Task A_company_token_is_told_of_before_it_is_given(string? type, bool told)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync(AuthorizeUrl.OAuthV1(("token_type", type)));

        Assert.Equal(told, page.Contains("company token", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "company token",
            await visitor.PageAsync(AuthorizeUrl.OAuth2(("token_type", type))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_page_can_neither_be_framed_nor_kept_and_its_form_leads_to_the_client_alone()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(AuthorizeUrl.OAuthV1());

        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' https: http://127.0.0.1:8500;", policy, StringComparison.Ordinal);
        Assert.Equal(
            ("DENY", "no-store"),
            (answer.Headers.GetValues("X-Frame-Options").Single(), answer.Headers.CacheControl!.ToString())
        );
    }
}
