using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;

namespace Turnstone.Server.Tests.Portal.Administration;

public sealed partial class OnlyAdministratorsTests
{
    private static readonly string[] Methods = ["GET", "POST", "HEAD", "PUT", "DELETE"];

    [Theory]
    [InlineData(null)]
    [InlineData(Known.OtherEmail)]
    public async Task Whoever_is_no_administrator_is_answered_on_every_page_as_for_one_that_is_not_there(string? email)
    {
        await using var server = await Administrators.StartAsync();
        using var visitor = email is null ? new Visitor(server) : await Visitor.SignedInAsync(server, email);
        var pages = Pages(server, (await server.AccountAsync(Known.OtherEmail)).Id).ToList();
        Assert.True(pages.Count >= 11, string.Join(' ', pages));
        var before = (await server.AccountAsync(Known.OtherEmail)).ConcurrencyStamp;

        foreach (var method in Methods)
        {
            var (status, body) = await AskAsync(visitor, method, "/portal/admin/no-such-page");
            Assert.Equal(HttpStatusCode.NotFound, status);
            foreach (var page in pages)
            {
                Assert.Equal(
                    (page, status, body),
                    (page, (await AskAsync(visitor, method, page)).Status, (await AskAsync(visitor, method, page)).Body)
                );
            }
        }

        Assert.Equal(before, (await server.AccountAsync(Known.OtherEmail)).ConcurrencyStamp);
    }

    [Fact]
    public async Task Every_page_opens_for_an_administrator()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        foreach (var page in Pages(server, (await server.AccountAsync(Known.OtherEmail)).Id))
        {
            using var answer = await ada.GetAsync(page);
            Assert.Equal((page, HttpStatusCode.OK), (page, answer.StatusCode));
        }
    }

    [Fact]
    public async Task A_right_that_was_taken_is_gone_with_the_next_click()
    {
        await using var server = await Administrators.StartAsync();
        await server.ChangeAsync(Known.OtherEmail, account => account.Administrator = true);
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        await grace.PageAsync("/portal/admin");

        await server.ChangeAsync(Known.OtherEmail, account => account.Administrator = false);

        using var answer = await grace.GetAsync("/portal/admin");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Without_the_antiforgery_token_nothing_is_done()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        using var answer = await ada.PostAsync(
            $"{await server.PageOfAsync(Known.OtherEmail)}?handler=Disable",
            ("Reason", Administrators.Reason)
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null((await server.AccountAsync(Known.OtherEmail)).DisabledAt);
    }

    [Theory]
    [InlineData("/portal/admin/accounts/00000000-0000-0000-0000-000000000000")]
    [InlineData("/portal/admin/accounts/broken")]
    [InlineData("/portal/admin/products/00000000-0000-0000-0000-000000000000")]
    [InlineData("/portal/admin/apis/nobody")]
    [InlineData("/portal/admin/apis/%01")]
    [InlineData("/portal/admin/apis/default")]
    [InlineData("/portal/admin/identity-providers/nobody")]
    [InlineData("/portal/admin/identity-providers/%01")]
    [InlineData("/portal/admin/clients/nobody")]
    [InlineData("/portal/admin/clients/%01")]
    [InlineData("/portal/admin/audit/export?format=exe")]
    [InlineData("/portal/admin/audit/export?format=csv&From=yesterday")]
    public async Task What_is_not_there_is_not_found(string page)
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        using var answer = await ada.GetAsync(page);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>Every administrators' page that is mapped, with ids of things that are there.</summary>
    private static IEnumerable<string> Pages(TurnstoneServer server, Guid account)
    {
        KnownApis.AddAsync(server, KnownApis.Of("orders", KnownApis.Orders, "orders.read")).GetAwaiter().GetResult();
        var product = server
            .Services.GetRequiredService<Turnstone.Directory.ISubscriptionStore>()
            .ListProductsAsync(CancellationToken.None)
            .GetAwaiter()
            .GetResult()[0]
            .Id;
        var provider = KnownProvider.AddAsync(server).GetAwaiter().GetResult().TrimStart('/')["portal/admin/".Length..];
        return server
            .Routes()
            .Where(endpoint =>
                endpoint
                    .Metadata.GetMetadata<PageActionDescriptor>()
                    ?.RelativePath.Contains("/Administration/", StringComparison.Ordinal)
                    is true
            )
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
            .Select(path =>
                path.Replace("accounts/{id:guid}", $"accounts/{account}", StringComparison.Ordinal)
                    .Replace("products/{id:guid}", $"products/{product}", StringComparison.Ordinal)
                    .Replace("apis/{id}", "apis/orders", StringComparison.Ordinal)
                    .Replace("identity-providers/{id}", provider, StringComparison.Ordinal)
                    .Replace("{**id}", Known.ClientId, StringComparison.Ordinal)
            )
            .Select(path => path.EndsWith("/export", StringComparison.Ordinal) ? $"{path}?format=csv" : path)
            .Distinct()
            .Order();
    }

    /// <summary>
    /// The status and the page, without what differs from one request to the next: the id to name when asking for help,
    /// the form's token, and the page's own address.
    /// </summary>
    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(
        Visitor visitor,
        string method,
        string page
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(page, UriKind.Relative));
        if (method == "POST")
        {
            request.Content = new FormUrlEncodedContent([
                KeyValuePair.Create("Reason", "because"),
                KeyValuePair.Create("handler", "Disable"),
            ]);
        }

        using var answer = await visitor.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, Varying().Replace(body, "…"));
    }

    [GeneratedRegex(
        "<code>[^<]*</code>|value=\"/portal[^\"]*\"|name=\"__RequestVerificationToken\" type=\"hidden\" "
            + "value=\"[^\"]*\""
    )]
    private static partial Regex Varying();
}
