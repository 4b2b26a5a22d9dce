using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>Approvals, products and clients.</summary>
public sealed class DirectoryPagesTests
{
    private const string Approvals = "/portal/admin/approvals";
    private const string Products = "/portal/admin/products";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Approve", SubscriptionState.Active)]
    [InlineData("Refuse", SubscriptionState.Cancelled)]
    public async Task A_subscription_that_waits_is_decided_once_and_the_reason_recorded(
        string act,
        SubscriptionState then
    )
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var id = await server.GivenWaitingAsync();
        Assert.Contains("premium", await ada.PageAsync(Approvals), StringComparison.Ordinal);

        using var unjustified = await ada.SendAsync(Approvals, $"{Approvals}?handler={act}", ("Target", $"{id}"));
        Assert.Contains("Enter a reason. It is recorded", await unjustified.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(SubscriptionState.Submitted, (await server.SubscriptionAsync(id))!.State);

        using var decided = await ada.SendAsync(
            Approvals,
            $"{Approvals}?handler={act}",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(then, (await server.SubscriptionAsync(id))!.State);
        await server.AssertRecordedAsync(AuditEvent.SubscriptionChanged);

        using var again = await ada.SendAsync(
            Approvals,
            $"{Approvals}?handler=Approve",
            ("Target", $"{id}"),
            ("Reason", "again")
        );
        Assert.Equal(then, (await server.SubscriptionAsync(id))!.State);
        Assert.Contains(
            "somebody has decided or cancelled it in the meantime",
            await ada.PageAsync(Approvals),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_suspended_subscription_is_resumed_and_an_unknown_one_is_not_found()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var id = (
            await server
                .Services.GetRequiredService<ISubscriptionStore>()
                .ListAsync(SubscriptionState.Suspended, 1, Cancel)
        )[0].Id;

        foreach (var broken in new[] { "", "x", $"{Guid.Empty}", $"{id:n}" })
        {
            using var unknown = await ada.SendAsync(
                Approvals,
                $"{Approvals}?handler=Resume",
                ("Target", broken),
                ("Reason", Administrators.Reason)
            );
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        using var resumed = await ada.SendAsync(
            Approvals,
            $"{Approvals}?handler=Resume",
            ("Target", $"{id}"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(SubscriptionState.Active, (await server.SubscriptionAsync(id))!.State);
    }

    [Fact]
    public async Task A_product_is_added_and_changed_for_a_reason()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);

        using var added = await ada.SendAsync(
            Products,
            null,
            ("Name", " gold "),
            ("Description", "All of it"),
            ("ApprovalRequired", "true"),
            ("Reason", Administrators.Reason)
        );
        Assert.Equal(Products, added.Headers.Location?.OriginalString);
        var gold = (await server.Services.GetRequiredService<ISubscriptionStore>().FindProductAsync("gold", Cancel))!;
        Assert.True(gold is { Description: "All of it", ApprovalRequired: true });
        await server.AssertRecordedAsync(AuditEvent.ProductCreated);

        var page = $"{Products}/{gold.Id}";
        using var changed = await ada.SendAsync(
            page,
            null,
            ("Name", "platinum"),
            ("Description", ""),
            ("Reason", Administrators.Reason)
        );
        Assert.True(
            await server.Services.GetRequiredService<ISubscriptionStore>().FindProductAsync(gold.Id, Cancel)
                is { Name: "platinum", Description: "", ApprovalRequired: false }
        );
        await server.AssertRecordedAsync(AuditEvent.ProductChanged);
    }

    [Fact]
    public async Task A_product_that_will_not_do_is_refused_beside_its_field_and_what_was_typed_stays()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        (string Field, string Value, string Sentence)[] bad =
        [
            ("Name", "", "1 to 100 characters"),
            ("Name", new string('n', 101), "1 to 100 characters"),
            ("Name", "a\u0001b", "1 to 100 characters"),
            ("Name", "starter", "Another product has this name"),
            ("Description", new string('d', 501), "at most 500 characters"),
            ("Reason", "", "Enter a reason. It is recorded"),
        ];
        foreach (var (field, value, sentence) in bad)
        {
            var fields = new Dictionary<string, string>
            {
                ["Name"] = "silver",
                ["Description"] = "typed text",
                ["Reason"] = "because",
            };
            fields[field] = value;
            using var refused = await ada.SendAsync(Products, null, [.. fields.Select(pair => (pair.Key, pair.Value))]);
            var text = await refused.TextAsync();
            Assert.Contains(sentence, text, StringComparison.Ordinal);
            Assert.Contains(field == "Description" ? "silver" : "typed text", text, StringComparison.Ordinal);
        }

        Assert.Single(await server.Services.GetRequiredService<ISubscriptionStore>().ListProductsAsync(Cancel));
    }

    [Fact]
    public async Task Clients_are_found_by_id_and_owner_and_shut_and_opened_for_a_reason()
    {
        await using var server = await Administrators.StartAsync();
        var clients = server.Services.GetRequiredService<IClientStore>();
        var grace = await server.AccountAsync(Known.OtherEmail);
        var odd = (await clients.FindAsync(Known.OtherClientId, Cancel))! with
        {
            Id = "eu/depot one?%2F",
            Name = "odd",
            OwnerId = grace.Id,
            Revision = 0,
        };
        await clients.SaveAsync(
            odd,
            new AuditEntry
            {
                Event = AuditEvent.ClientCreated,
                At = server.Time.Now,
                Caller = Caller.Operator,
            },
            Cancel
        );
        using var ada = await Visitor.SignedInAsync(server);

        Assert.Contains(">shop</a>", await ada.PageAsync("/portal/admin/clients?Part=SHO"), StringComparison.Ordinal);
        var found = await ada.PageAsync("/portal/admin/clients?Part=grace@");
        Assert.DoesNotContain(">shop</a>", found, StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Match(found, "href=\"(/portal/admin/clients/[^\"]+)\"").Groups[1].Value
        );
        Assert.Contains(">odd</h1>", await ada.PageAsync(page), StringComparison.Ordinal);

        using var disabled = await ada.SendAsync(page, $"{page}?handler=Disable", ("Reason", Administrators.Reason));
        Assert.NotNull((await clients.FindAsync(odd.Id, Cancel))!.DisabledAt);
        await server.AssertRecordedAsync(AuditEvent.ClientChanged);
        using var enabled = await ada.SendAsync(page, $"{page}?handler=Enable", ("Reason", Administrators.Reason));
        Assert.Null((await clients.FindAsync(odd.Id, Cancel))!.DisabledAt);
        using var ended = await ada.SendAsync(page, $"{page}?handler=EndSessions", ("Reason", Administrators.Reason));
        await server.AssertRecordedAsync(AuditEvent.SessionsRevoked);
    }

    [Fact]
    public async Task Html_in_names_is_text()
    {
        const string html = "<script>alert(1)</script>\"'";
        await using var server = await Administrators.StartAsync();
        var clients = server.Services.GetRequiredService<IClientStore>();
        var grace = await server.AccountAsync(Known.OtherEmail);
        await clients.SaveAsync(
            (await clients.FindAsync(Known.OtherClientId, Cancel))! with
            {
                Name = html,
                OwnerId = grace.Id,
            },
            new AuditEntry
            {
                Event = AuditEvent.ClientChanged,
                At = server.Time.Now,
                Caller = new Caller("192.0.2.1", html),
                Detail = html,
                ClientId = html,
                AccountId = grace.Id,
            },
            Cancel
        );
        await server.GivenWaitingAsync(html);
        await server
            .Services.GetRequiredService<Turnstone.Directory.ApiKeys>()
            .CreateAsync(grace.Id, html, Scopes.None, null, Caller.Operator, Cancel);
        using var ada = await Visitor.SignedInAsync(server);

        foreach (
            var page in new[]
            {
                await server.PageOfAsync(Known.OtherEmail),
                Approvals,
                Products,
                "/portal/admin/clients",
                $"/portal/admin/clients/{Known.OtherClientId}",
                "/portal/admin/audit",
                $"/portal/admin/accounts?Email={Uri.EscapeDataString(html)}",
                $"/portal/admin/audit?Account={Uri.EscapeDataString(html)}",
            }
        )
        {
            var text = await ada.PageAsync(page);
            Assert.Contains("&lt;script&gt;alert(1)", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
        }
    }
}
