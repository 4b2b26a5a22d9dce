using System.Net;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Portal.ApiKeys;

/// <summary>The scopes of a key that is there: fewer at once, more with the password.</summary>
public sealed class KeyScopesTests : ApiKeyTest
{
    [Fact]
    public async Task The_form_for_a_new_key_ticks_the_usual_scopes_and_takes_a_key_without_them()
    {
        Assert.Matches("value=\"individuals.read\"[^>]*checked", await visitor.PageAsync(New));

        await visitor.FilledAsync(New, null, ("Name", "bare"), ("Days", "90"), ("Password", Known.Password));

        Assert.True((await ListAsync()).Single(key => key.Name == "bare").Scopes.IsEmpty);
    }

    [Fact]
    public async Task The_usual_scopes_are_those_of_the_own_products_and_of_the_setting_where_they_are_offered()
    {
        await using var other = await PortalServer.StartAsync([
            "Turnstone:Portal:Scopes:0=individuals.read",
            "Turnstone:Portal:Scopes:1=payments.read",
            "Turnstone:Portal:Scopes:2=payments.write",
            "Turnstone:Scopes:0=internal",
            "Turnstone:AccountScopes:0=",
        ]);
        var store = other.Of<ISubscriptionStore>();
        var product = (await store.ListProductsAsync(Cancel)).Single();
        var entry = new AuditEntry
        {
            Event = AuditEvent.ProductChanged,
            At = other.Time.Now,
            Caller = Caller.Operator,
        };
        await store.SaveProductAsync(product with { Scopes = Scopes.Of(["payments.read", "internal"]) }, entry, Cancel);
        using var ada = await Visitor.SignedInAsync(other);

        var form = await ada.PageAsync(New);

        Assert.Matches("value=\"payments.read\"[^>]*checked", form);
        Assert.DoesNotMatch("value=\"payments.write\"[^>]*checked", form);
        Assert.DoesNotMatch("value=\"individuals.read\"[^>]*checked", form);
        Assert.DoesNotContain("internal", form, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fewer_scopes_need_no_password_and_end_what_the_key_has_opened()
    {
        var (path, key, _) = await CreateAsync("web");
        using var login = await server.Http.LoginV3Async(key);
        var pair = await login.JsonAsync();
        var token = pair.GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await IndividualsAsync(token));

        using var narrowed = await visitor.FillAsync($"{path}/scopes", null, ("Chosen", ""));

        Assert.Equal((HttpStatusCode.Redirect, path), (narrowed.StatusCode, narrowed.Headers.Location?.OriginalString));
        Assert.Contains("the sessions of the key have ended", await visitor.PageAsync(path), StringComparison.Ordinal);
        Assert.True((await KeyAsync(path)).Scopes.IsEmpty);
        Assert.Equal(HttpStatusCode.Unauthorized, await IndividualsAsync(token));
        server.Time.Advance(TimeSpan.FromMinutes(15));
        using var refreshed = await server.Http.RefreshV3Async(pair.GetProperty("refresh_token").GetString()!);
        Assert.Equal(HttpStatusCode.Unauthorized, refreshed.StatusCode);
        using var again = await server.Http.LoginV3Async(key);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await IndividualsAsync((await again.JsonAsync()).GetProperty("access_token").GetString()!)
        );
        Assert.Equal(["scopes individuals.read to none"], await ChangesAsync());
    }

    [Fact]
    public async Task More_scopes_need_the_password_and_end_nothing()
    {
        var (path, key, _) = await CreateAsync("web");
        using var narrowed = await visitor.FillAsync($"{path}/scopes", null, ("Chosen", ""));
        using var login = await server.Http.LoginV3Async(key);
        var refresh = (await login.JsonAsync()).GetProperty("refresh_token").GetString()!;

        server.Time.Advance(TimeSpan.FromMinutes(20));
        foreach (var (password, sentence) in new[] { ("", "Enter your password"), ("wrong", "The password is wrong.") })
        {
            var refused = await visitor.FilledAsync(
                $"{path}/scopes",
                null,
                ("Chosen", "individuals.read"),
                ("Password", password)
            );
            Assert.Contains(sentence, refused, StringComparison.Ordinal);
            Assert.Matches("value=\"individuals.read\"[^>]*checked", refused);
            Assert.True((await KeyAsync(path)).Scopes.IsEmpty);
        }

        using var widened = await visitor.FillAsync(
            $"{path}/scopes",
            null,
            ("Chosen", "individuals.read"),
            ("Password", Known.Password)
        );

        Assert.Contains("The scopes were changed.", await visitor.PageAsync(path), StringComparison.Ordinal);
        Assert.Equal("individuals.read", (await KeyAsync(path)).Scopes.ToString());
        Assert.Contains("scopes none to individuals.read", await ChangesAsync());
        server.Time.Advance(TimeSpan.FromMinutes(15));
        using var refreshed = await server.Http.RefreshV3Async(refresh);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    [Fact]
    public async Task A_scope_that_is_not_offered_is_never_added_and_one_that_the_key_has_may_stay()
    {
        var given = await Keys.CreateAsync(
            (await Known.AccountAsync(server.Services))!.Id,
            "given",
            Scopes.Of(["admin", "individuals.read"]),
            null,
            Caller.Operator,
            Cancel
        );
        var path = $"{Root}/{given.Key.Id}";

        var refused = await visitor.FilledAsync(
            $"{path}/scopes",
            null,
            ("Chosen", "admin"),
            ("Chosen", "root"),
            ("Password", Known.Password)
        );
        Assert.Contains("is not offered here", refused, StringComparison.Ordinal);

        using var kept = await visitor.FillAsync($"{path}/scopes", null, ("Chosen", "admin"));
        Assert.Equal("admin", (await KeyAsync(path)).Scopes.ToString());

        using var back = await visitor.FillAsync($"{path}/scopes", null, ("Chosen", ""));
        var gone = await visitor.FilledAsync($"{path}/scopes", null, ("Chosen", "admin"), ("Password", Known.Password));
        Assert.Contains("is not offered here", gone, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_accounts_key_and_a_revoked_one_have_no_such_page()
    {
        var grace = (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id;
        var hers = (await Keys.CreateAsync(grace, "hers", Scopes.Of(["admin"]), null, Caller.Operator, Cancel)).Key;
        var (revoked, _, _) = await CreateAsync("web");
        using var ended = await visitor.FillAsync(revoked, $"{revoked}?handler=Revoke");
        foreach (var path in new[] { $"{Root}/{hers.Id}", revoked })
        {
            using var seen = await visitor.GetAsync($"{path}/scopes");
            using var tried = await visitor.FillAsync(New, $"{path}/scopes", ("Chosen", ""));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (seen.StatusCode, tried.StatusCode));
        }

        Assert.Equal("admin", (await Keys.FindAsync(grace, hers.Id, Cancel))!.Scopes.ToString());
    }

    private async Task<HttpStatusCode> IndividualsAsync(string token)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);
        return answer.StatusCode;
    }

    private async Task<IEnumerable<string?>> ChangesAsync() =>
        (await server.Of<IAuditLog>().ReadAsync(new AuditQuery { AccountId = await server.IdAsync() }, Cancel))
            .Where(entry => entry.Event == AuditEvent.ApiKeyScopesChanged)
            .Select(entry => entry.Detail);
}
