using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Playwright;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>
/// Every list of every page is searched or filtered, and has pages: the pages are found by their routes, and their
/// lists by what repeats itself in them.
/// </summary>
public sealed class EveryListTests(Browser browser)
{
    /// <summary>Where many lines are one text to be read, and not a list that grows.</summary>
    private static readonly Dictionary<string, string> Whole = new()
    {
        ["/portal/admin/settings"] = "every setting there is, with a search",
        ["/portal/guides/errors"] = "a guide",
        ["/portal/reference"] = "a document, shown by its own script",
    };

    private static readonly string[] NoPages = ["/portal/error", "/portal/language", "/portal/admin/audit/export"];

    /// <summary>What repeats itself below one element, and is no choice, picture, code or navigation.</summary>
    private const string Lists = """
        () => [...document.querySelectorAll("main, main *")]
            .filter((place) => !place.closest("select, .choices, svg, pre, nav, .numbers"))
            .map((place) => {
                const kinds = {};
                for (const child of place.children) {
                    const kind = `${child.tagName}.${child.className}`;
                    (kinds[kind] ??= []).push(child.innerText);
                }
                return Object.values(kinds).sort((one, other) => other.length - one.length)[0] ?? [];
            })
            .filter((rows) => rows.length >= 25)
        """;

    private const string Search =
        "main form[method=get]:is(.filter, :has(.filter)) :is(input, select):not([type=hidden])";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_that_is_long_is_searched_and_goes_on_on_another_page()
    {
        var (server, client) = await Crowd.StartAsync();
        await using var closing = server;
        var page = await browser.SignedInAsync(server);
        var (faults, seen) = (new List<string>(), 0);
        foreach (var path in await PathsAsync(server, client))
        {
            await page.GotoAsync(path);
            await OpenAsync(page);
            var lists = await page.EvaluateAsync<string[][]>(Lists);
            if (lists.Length == 0 || Whole.ContainsKey(path))
            {
                continue;
            }

            seen += lists.Length;
            if (await page.Locator(Search).CountAsync() == 0)
            {
                faults.Add($"{path} offers no search and no filter.");
            }

            var next = await page.Locator("main a[rel=next]")
                .EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
            if (next.Length < lists.Length)
            {
                faults.Add($"{path} has {lists.Length} long lists and {next.Length} next pages.");
            }

            await FollowAsync(page, path, lists, next, faults);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(seen >= 20, $"Only {seen} lists were long.");
    }

    /// <summary>Each next page has lines that were not on the first.</summary>
    private static async Task FollowAsync(IPage page, string path, string[][] lists, string[] next, List<string> faults)
    {
        var known = lists.SelectMany(rows => rows).ToHashSet();
        foreach (var link in next)
        {
            await page.GotoAsync(link);
            await OpenAsync(page);
            var rows = await page.Locator("main :is(tbody tr, li, article, section.card)").AllInnerTextsAsync();
            if (rows.All(known.Contains))
            {
                faults.Add($"{path}: {link} has nothing new.");
            }
        }
    }

    private static async Task OpenAsync(IPage page) =>
        await page.EvaluateAsync("document.querySelectorAll('main > details').forEach(one => one.open = true)");

    /// <summary>Every page that can be opened, with something of Ada's in place of its parameters.</summary>
    private static async Task<IReadOnlyList<string>> PathsAsync(TurnstoneServer server, Client client)
    {
        var me = await server.IdAsync();
        var subscriptions = await server.Of<ISubscriptionStore>().ListAsync(me, Cancel);
        var key = (await server.Of<IApiKeyStore>().ListAsync(me, Cancel)).First(one => one.RevokedAt is null);
        var made = new Dictionary<string, string>
        {
            ["/portal/api-keys/{id:guid}"] = $"/portal/api-keys/{key.Id}",
            ["/portal/api-keys/{id:guid}/scopes"] = $"/portal/api-keys/{key.Id}/scopes",
            ["/portal/guides/{slug}"] = "/portal/guides/errors",
            ["/portal/applications/{clientId}"] = $"/portal/applications/{client.Id}",
            ["/portal/applications/{clientId}/trust"] = $"/portal/applications/{client.Id}/trust",
            ["/portal/applications/{clientId}/trust/{world}"] = $"/portal/applications/{client.Id}/trust/github",
            ["/portal/subscriptions/{id:guid}"] = $"/portal/subscriptions/{subscriptions[0].Id}",
            ["/portal/admin/apis/{id}"] = "/portal/admin/apis/api-00",
            ["/portal/admin/identity-providers/{id}"] = await Administration.KnownProvider.AddAsync(server),
            ["/portal/admin/clients/{**id}"] = $"/portal/admin/clients/{client.Id}",
            ["/portal/admin/products/{id:guid}"] = $"/portal/admin/products/{subscriptions[0].ProductId}",
            ["/portal/admin/accounts/{id:guid}"] = $"/portal/admin/accounts/{me}",
        };
        return
        [
            .. server
                .Routes()
                .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
                .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}")
                .Where(route => route.StartsWith("/portal", StringComparison.Ordinal))
                .Except(NoPages)
                .Distinct()
                .Select(route => route.Contains('{', StringComparison.Ordinal) ? made[route] : route)
                .Order(StringComparer.Ordinal),
        ];
    }
}
