using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Holdings = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Tests.Portal.Subscriptions;

public sealed class SubscriptionTests : IAsyncLifetime
{
    private const string Root = "/portal/subscriptions";
    private const string Nasty = "<script>alert(1)</script>\"'";

    private TurnstoneServer server = null!;
    private Visitor visitor = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ISubscriptionStore Store => server.Services.GetRequiredService<ISubscriptionStore>();

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        visitor = await Visitor.SignedInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_product_without_approval_is_subscribed_to_at_once()
    {
        var path = await SubscribeAsync("starter");

        var page = await visitor.PageAsync(path);
        Assert.Contains("You have subscribed to starter.", page, StringComparison.Ordinal);
        Assert.Contains(">active</span>", page, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/auth/v2/login", page, StringComparison.Ordinal);
        Assert.Contains("$STARTER_KEY", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_of_its_page_asks_for_the_key_and_the_password_and_logs_in()
    {
        var path = await SubscribeAsync("starter");
        var key = Form.Copied(await SendSecretAsync(path, "Show"))[0];
        var command = Form.Copied(await visitor.PageAsync(path)).Single();

        var ran = await Bash.RunAsync(
            command.Replace("https://id.example.test", $"{server.BaseAddress}".TrimEnd('/'), StringComparison.Ordinal),
            $"{key}\n{Known.Password}"
        );

        Assert.DoesNotContain(key, command, StringComparison.Ordinal);
        Assert.Contains("tsr_", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_product_with_approval_waits_for_it_and_its_keys_with_it()
    {
        await AddProductAsync("vetted", approval: true);
        var path = await SubscribeAsync("vetted");
        Assert.Contains("waiting for approval", await visitor.PageAsync(path), StringComparison.Ordinal);
        var key = Form.Copied(await SendSecretAsync(path, "Show"))[0];
        using var before = await server.Http.LoginV2Async(key: key);
        Assert.Equal(HttpStatusCode.Unauthorized, before.StatusCode);

        await server
            .Services.GetRequiredService<Holdings>()
            .SetStateAsync(IdOf(path), SubscriptionState.Active, Caller.Operator, Cancel);

        using var after = await server.Http.LoginV2Async(key: key);
        Assert.Equal(HttpStatusCode.Created, after.StatusCode);
    }

    [Fact]
    public async Task Keys_stay_hidden_until_the_password_is_given_and_are_shown_on_that_page_alone()
    {
        var path = await SubscribeAsync("starter");
        Assert.DoesNotContain(Form.Copied(await visitor.PageAsync(path)), text => text.Length == 32);

        var refused = await SendSecretAsync(path, "Show", "wrong");
        Assert.Contains("The password is wrong.", refused, StringComparison.Ordinal);
        Assert.DoesNotContain(Form.Copied(refused), text => text.Length == 32);

        var keys = Form.Copied(await SendSecretAsync(path, "Show")).Where(text => text.Length == 32).ToList();
        Assert.Equal(2, keys.Count);
        foreach (var key in keys)
        {
            using var login = await server.Http.LoginV2Async(key: key);
            Assert.Equal(HttpStatusCode.Created, login.StatusCode);
            Assert.DoesNotContain(key, await visitor.PageAsync(path), StringComparison.Ordinal);
        }

        var entry = Assert.Single(
            await server
                .Services.GetRequiredService<IAuditLog>()
                .ReadAsync(new AuditQuery { Event = AuditEvent.SubscriptionKeyShown }, Cancel)
        );
        Assert.Contains(path.Split('/')[^1], entry.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Primary", 0)]
    [InlineData("Secondary", 1)]
    public async Task Each_key_is_changed_on_its_own_once_while_the_other_goes_on(string slot, int index)
    {
        var path = await SubscribeAsync("starter");
        var old = Form.Copied(await SendSecretAsync(path, "Show"));
        (string, string)[] form = [.. Form.Hidden(await visitor.PageAsync(path)), ("Password", Known.Password)];
        using var changed = await visitor.PostAsync($"{path}?handler={slot}", form);
        var fresh = Form.Copied(await changed.Content.ReadAsStringAsync(Cancel))[0];

        using var sentAgain = await visitor.PostAsync($"{path}?handler={slot}", form);

        Assert.Equal(HttpStatusCode.Redirect, sentAgain.StatusCode);
        Assert.DoesNotContain(fresh, old);
        await AssertLoginAsync(HttpStatusCode.Created, fresh);
        await AssertLoginAsync(HttpStatusCode.Created, old[1 - index]);
        await AssertLoginAsync(HttpStatusCode.Unauthorized, old[index]);
    }

    [Fact]
    public async Task A_key_that_was_brought_along_can_be_changed_but_not_shown()
    {
        var path = await PathOfAsync(Known.Email);
        var page = await visitor.PageAsync(path);
        Assert.Contains("it can be replaced, but not shown", page, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Show", page, StringComparison.Ordinal);
        var asked = await SendSecretAsync(path, "Show");
        Assert.DoesNotContain(Known.SubscriptionKey, asked, StringComparison.Ordinal);

        var changed = await SendSecretAsync(path, "Primary");

        await AssertLoginAsync(HttpStatusCode.Created, Form.Copied(changed)[0]);
        await AssertLoginAsync(HttpStatusCode.Created, Known.SecondaryKey);
        Assert.Contains("handler=Show", await visitor.PageAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_permanent()
    {
        var path = await SubscribeAsync("starter");
        var key = Form.Copied(await SendSecretAsync(path, "Show"))[0];

        using var cancelled = await visitor.FillAsync(path, $"{path}?handler=Cancel");

        Assert.Equal(
            (HttpStatusCode.Redirect, path),
            (cancelled.StatusCode, cancelled.Headers.Location?.OriginalString)
        );
        Assert.Contains("was cancelled", await visitor.PageAsync(path), StringComparison.Ordinal);
        await AssertLoginAsync(HttpStatusCode.Unauthorized, key);
        using var late = await visitor.PostAsync(
            $"{path}?handler=Primary",
            [.. Form.Hidden(await visitor.PageAsync("/portal/profile/generate-token")), ("Password", Known.Password)]
        );
        Assert.Equal(HttpStatusCode.Redirect, late.StatusCode);
        Assert.Contains("was cancelled in the meantime", await visitor.PageAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_accounts_subscription_is_answered_like_one_that_does_not_exist()
    {
        var other = await PathOfAsync(Known.OtherEmail);
        var before = await Store.FindAsync(IdOf(other), Cancel);
        using var seen = await visitor.GetAsync(other);
        using var unknown = await visitor.GetAsync($"{Root}/{RandomSource.System.NewId(server.Time.Now)}");
        using var broken = await visitor.GetAsync($"{Root}/1'");
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (seen.StatusCode, unknown.StatusCode, broken.StatusCode)
        );

        foreach (var handler in new[] { "Show", "Primary", "Secondary", "Cancel" })
        {
            using var tried = await visitor.FillAsync(
                "/portal/profile/generate-token",
                $"{other}?handler={handler}",
                ("Password", Known.Password)
            );
            using var inForm = await visitor.FillAsync(
                "/portal/profile/generate-token",
                $"{Root}/{RandomSource.System.NewId(server.Time.Now)}?handler={handler}",
                ("Password", Known.Password),
                ("Id", $"{IdOf(other)}"),
                ("id", $"{IdOf(other)}")
            );
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (tried.StatusCode, inForm.StatusCode));
        }

        Assert.Equivalent(before, await Store.FindAsync(IdOf(other), Cancel), strict: true);
        Assert.DoesNotContain($"{IdOf(other)}", await visitor.PageAsync(Root), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_product_that_is_none_is_not_found()
    {
        foreach (var product in new[] { "starter", "", "00000000-0000-0000-0000-000000000000", "\u0001" })
        {
            using var answer = await visitor.FillAsync(Root, null, ("Product", product));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task More_than_the_most_are_refused_with_a_sentence()
    {
        var me = (await Known.AccountAsync(server.Services))!.Id;
        for (var i = 0; i < Holdings.MostLive; i++)
        {
            await server.Services.GetRequiredService<Holdings>().SubscribeAsync(me, "starter", Caller.Operator, Cancel);
        }

        var page = await visitor.FilledAsync(
            Root,
            null,
            ("Product", $"{(await Store.FindProductAsync("starter", Cancel))!.Id}")
        );

        Assert.Contains("Cancel one first.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_in_names_is_text_and_no_command_for_a_shell()
    {
        await AddProductAsync(Nasty, approval: false, Nasty);
        var path = await SubscribeAsync(Nasty);

        foreach (var page in new[] { await visitor.PageAsync(Root), await visitor.PageAsync(path) })
        {
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        }

        Assert.Contains(
            "$SCRIPT_ALERT_1___SCRIPT_KEY\"",
            Form.Copied(await visitor.PageAsync(path)).Single(),
            StringComparison.Ordinal
        );
    }

    private async Task<string> SubscribeAsync(string product)
    {
        using var answer = await visitor.FillAsync(
            Root,
            null,
            ("Product", $"{(await Store.FindProductAsync(product, Cancel))!.Id}")
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private Task<string> SendSecretAsync(string path, string handler, string password = Known.Password) =>
        visitor.FilledAsync(path, $"{path}?handler={handler}", ("Password", password));

    private async Task AssertLoginAsync(HttpStatusCode expected, string key)
    {
        using var login = await server.Http.LoginV2Async(key: key);
        Assert.Equal(expected, login.StatusCode);
    }

    private async Task<string> PathOfAsync(string email)
    {
        var account = (await Known.AccountAsync(server.Services, email))!;
        var held = await Store.ListAsync(account.Id, Cancel);
        return $"{Root}/{held.First(one => one.State.Known is SubscriptionState.Active).Id}";
    }

    private async Task<bool> AddProductAsync(string name, bool approval, string description = "") =>
        (
            await Store.SaveProductAsync(
                new Product(RandomSource.System.NewId(server.Time.Now), name, approval, server.Time.Now, description),
                new AuditEntry
                {
                    Event = AuditEvent.ProductCreated,
                    At = server.Time.Now,
                    Caller = Caller.Operator,
                },
                Cancel
            )
        ).IsCommitted;

    private static Guid IdOf(string path) => Guid.Parse(path.Split('/')[^1]);
}
