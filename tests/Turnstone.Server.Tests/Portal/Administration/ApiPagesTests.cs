using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>APIs are listed, registered and changed by administrators.</summary>
public sealed class ApiPagesTests
{
    private const string Pages = "/portal/admin/apis";
    private const string New = $"{Pages}/new";

    private static readonly Dictionary<string, string> Good = new()
    {
        ["Id"] = "bills",
        ["Identifier"] = "https://bills.example.test",
        ["Name"] = "Bills",
        ["Rows[0].Name"] = "bills.read",
        ["Rows[0].Meanings[0]"] = "See your bills",
        ["Rows[0].Meanings[1]"] = "Deine Rechnungen sehen",
        ["Offered"] = "true",
        ["AccessSeconds"] = "600",
        ["Algorithm"] = "RS256",
        ["IntrospectsAs"] = Known.OtherClientId,
        ["Reason"] = Administrators.Reason,
        ["Password"] = Known.Password,
    };

    private static readonly Dictionary<string, string> Detailed = new(Good)
    {
        ["Details[0].Type"] = "payment",
        ["Details[0].Meanings[0]"] = "Pay one bill",
        ["Details[0].Meanings[1]"] = "Eine Rechnung zahlen",
        ["Details[0].Actions"] = "initiate status",
        ["Details[0].Members"] = "amount to",
        ["Level"] = "TwoFactors",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_API_is_registered_listed_and_changed_for_a_reason()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        using var added = await SendAsync(ada, New, Good);
        Assert.Equal(Pages, added.Headers.Location?.OriginalString);
        var bills = (await Store(server).FindAsync("bills", Cancel))!;
        Assert.Equal(
            ("Bills", true, TimeSpan.FromMinutes(10), SigningAlgorithm.RS256, Known.OtherClientId),
            (bills.Name, bills.Offered, bills.AccessLifetime, bills.Algorithm, bills.IntrospectsAs)
        );
        Assert.Equal("Deine Rechnungen sehen", Assert.Single(bills.Scopes).Meanings["de"]);
        await server.AssertRecordedAsync(AuditEvent.ApiCreated);
        var list = await ada.PageAsync(Pages);
        Assert.Contains("https://bills.example.test", list, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test", list, StringComparison.Ordinal);

        var page = $"{Pages}/bills";
        Assert.Contains(
            "https://id.example.test/.well-known/oauth-protected-resource/bills",
            await ada.PageAsync(page),
            StringComparison.Ordinal
        );
        var more = new Dictionary<string, string>(Good)
        {
            ["Rows[1].Name"] = "bills.pay",
            ["Rows[1].Meanings[0]"] = "Pay your bills",
            ["Rows[1].Meanings[1]"] = "Deine Rechnungen zahlen",
            ["AccessSeconds"] = "",
            ["Revision"] = "1",
            ["Identifier"] = "https://elsewhere.example.test",
        };
        using var changed = await SendAsync(ada, page, more);
        Assert.Equal(Pages, changed.Headers.Location?.OriginalString);
        bills = (await Store(server).FindAsync("bills", Cancel))!;
        Assert.Equal(
            ("https://bills.example.test", "bills.read bills.pay", null),
            (bills.Identifier, bills.ScopeNames.ToString(), bills.AccessLifetime)
        );
        await server.AssertRecordedAsync(AuditEvent.ApiChanged);

        // A browser that is left alone changes nothing.
        using var unproven = await SendAsync(ada, page, new(more) { ["Revision"] = "2", ["Password"] = "" });
        Assert.Contains("This is not your password.", await unproven.TextAsync(), StringComparison.Ordinal);
        using var proven = await SendAsync(ada, page, new(more) { ["Revision"] = "2", ["Name"] = "All bills" });
        Assert.Equal(Pages, proven.Headers.Location?.OriginalString);

        // The form of the revision before undoes nothing.
        using var late = await SendAsync(ada, page, new(more) { ["Name"] = "Another name" });
        Assert.Contains("Somebody has changed this API", await late.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_will_not_do_is_refused_beside_its_field()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        await KnownApis.AddAsync(server, KnownApis.Of("orders", KnownApis.Orders, "orders.read"));
        (string Field, string Value, string Sentence)[] bad =
        [
            ("Id", "", "small letters, digits and dashes"),
            ("Id", "new", "small letters, digits and dashes"),
            ("Id", "Bills", "small letters, digits and dashes"),
            ("Id", "orders", "Another API has this id"),
            ("Identifier", "bills", "Enter an absolute URI"),
            ("Identifier", "https://bills.example.test/#x", "Enter an absolute URI"),
            ("Identifier", "https://id.example.test", "This is the API of the settings"),
            ("Identifier", KnownApis.Orders, "Another API has this identifier"),
            ("Name", "a\u202eb", "Enter a name of 1 to 100"),
            ("Rows[0].Name", "two words", "cannot be a scope"),
            ("Rows[0].Name", "openid", "is about who signs in"),
            ("Rows[0].Name", "orders.read", "is a scope of another API"),
            ("Rows[0].Name", "individuals.read", "is a scope of another API"),
            ("Rows[0].Meanings[1]", "", "Enter a sentence in each language for bills.read"),
            ("AccessSeconds", "0", "Enter a number from 1 to"),
            ("AccessSeconds", "soon", "Enter a number from 1 to"),
            ("IntrospectsAs", "nobody", "There is no client nobody"),
            ("IntrospectsAs", Known.PublicClientId, "has no credential"),
            ("Reason", "", "Enter a reason. It is recorded"),
            ("Password", "", "This is not your password."),
            ("Password", "not this password", "This is not your password."),
        ];
        foreach (var (field, value, sentence) in bad)
        {
            using var refused = await SendAsync(ada, New, new(Good) { [field] = value });
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            var text = WebUtility.HtmlDecode(await refused.TextAsync());
            Assert.True(text.Contains(sentence, StringComparison.Ordinal), $"{field}={value}: {sentence}");
            Assert.Contains("https://bills.example.test", field == "Identifier" ? Good["Identifier"] : text);
        }

        Assert.Null(await Store(server).FindAsync("bills", Cancel));
    }

    [Fact]
    public async Task Its_types_of_details_and_the_sign_in_that_it_demands_are_registered_shown_and_changed()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        using var added = await SendAsync(ada, New, Detailed);
        Assert.Equal(Pages, added.Headers.Location?.OriginalString);
        var bills = (await Store(server).FindAsync("bills", Cancel))!;
        Assert.Equal(SignInLevel.TwoFactors, bills.Level);
        var type = Assert.Single(bills.DetailTypes);
        Assert.Equal(
            ("payment", "Pay one bill", "Eine Rechnung zahlen"),
            (type.Type, type.Meanings["en"], type.Meanings["de"])
        );
        Assert.Equal(["initiate", "status"], type.Actions);
        Assert.Equal(["amount", "to"], type.Members);
        using var metadata = await server.Http.GetAsync("/.well-known/oauth-protected-resource/bills", Cancel);
        Assert.Contains(
            "\"authorization_details_types_supported\":[\"payment\"]",
            await metadata.TextAsync(),
            StringComparison.Ordinal
        );

        const string Page = $"{Pages}/bills";
        var shown = WebUtility.HtmlDecode(await ada.PageAsync(Page));
        foreach (
            var (field, value) in Detailed.Where(field => field.Key.StartsWith("Details", StringComparison.Ordinal))
        )
        {
            Assert.Contains($"name=\"{field}\" value=\"{value}\"", shown, StringComparison.Ordinal);
        }

        Assert.Contains("<option value=\"TwoFactors\" selected", shown, StringComparison.Ordinal);

        var other = new Dictionary<string, string>(Detailed)
        {
            ["Details[0].Actions"] = "",
            ["Details[1].Type"] = "refund",
            ["Details[1].Meanings[0]"] = "Give money back",
            ["Details[1].Meanings[1]"] = "Geld zurückgeben",
            ["Level"] = "PhishingResistant",
            ["Revision"] = "1",
        };
        using var changed = await SendAsync(ada, Page, other);
        Assert.Equal(Pages, changed.Headers.Location?.OriginalString);
        bills = (await Store(server).FindAsync("bills", Cancel))!;
        Assert.Equal(SignInLevel.PhishingResistant, bills.Level);
        Assert.Equal(["payment", "refund"], bills.DetailTypes.Select(one => one.Type));
        Assert.Empty(bills.DetailTypes[0].Actions);

        // Without them it is as it was before.
        using var taken = await SendAsync(ada, Page, new(Good) { ["Level"] = "", ["Revision"] = "2" });
        Assert.Equal(Pages, taken.Headers.Location?.OriginalString);
        bills = (await Store(server).FindAsync("bills", Cancel))!;
        Assert.Null(bills.Level);
        Assert.Empty(bills.DetailTypes);
    }

    [Fact]
    public async Task Details_that_will_not_do_are_refused_with_a_sentence()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        await KnownApis.AddAsync(
            server,
            KnownApis.Of("pay", KnownApis.Stock) with
            {
                DetailTypes = [new("transfer", KnownApis.Scope("transfer").Meanings, [], [])],
            }
        );
        (string Field, string Value, string Sentence)[] bad =
        [
            ("Details[0].Type", "", "have a name that cannot be one"),
            ("Details[0].Type", "two words", "have a name that cannot be one"),
            ("Details[0].Type", "transfer", "transfer is a type of another API"),
            ("Details[0].Meanings[1]", "", "Enter a sentence in each language for the type payment"),
            ("Details[0].Actions", "a\"b", "have a name that cannot be one"),
            ("Details[0].Members", "amount locations", "have a name that cannot be one"),
        ];
        foreach (var (field, value, sentence) in bad)
        {
            using var refused = await SendAsync(ada, New, new(Detailed) { [field] = value });
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            var text = WebUtility.HtmlDecode(await refused.TextAsync());
            Assert.True(text.Contains(sentence, StringComparison.Ordinal), $"{field}={value}: {sentence}");
        }

        Assert.Null(await Store(server).FindAsync("bills", Cancel));
    }

    private static IApiStore Store(TurnstoneServer server) => server.Services.GetRequiredService<IApiStore>();

    private static Task<HttpResponseMessage> SendAsync(
        Visitor visitor,
        string page,
        Dictionary<string, string> fields
    ) => visitor.SendAsync(page, form: null, [.. fields.Select(field => (field.Key, field.Value))]);
}
