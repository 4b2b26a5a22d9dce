using System.Net;
using Turnstone.Directory;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.ApiKeys;

/// <summary>What is done with a key that is there: renewing, rolling, renaming, revoking.</summary>
public sealed class ApiKeyChangeTests : ApiKeyTest
{
    [Fact]
    public async Task A_frozen_key_works_again_when_it_is_renewed_with_the_same_text()
    {
        var (path, key, _) = await CreateAsync("nightly", days: 1);
        server.Time.Advance(TimeSpan.FromDays(1));
        await AssertLoginAsync(HttpStatusCode.Unauthorized, key);

        using var renewed = await visitor.FillAsync(path, $"{path}?handler=Renew");

        Assert.Equal((HttpStatusCode.Redirect, path), (renewed.StatusCode, renewed.Headers.Location?.OriginalString));
        Assert.Contains("renewed for 90 days", await visitor.PageAsync(path), StringComparison.Ordinal);
        await AssertLoginAsync(HttpStatusCode.OK, key);
    }

    [Fact]
    public async Task Renewing_does_not_pile_up_years()
    {
        var (path, _, _) = await CreateAsync("hoard", days: 300);
        Assert.DoesNotContain("handler=Renew", await visitor.PageAsync(path), StringComparison.Ordinal);

        using var tried = await visitor.FillAsync(path, $"{path}?handler=Renew");

        Assert.Contains("Nothing was changed.", await visitor.PageAsync(path), StringComparison.Ordinal);
        Assert.Equal(server.Time.Now.AddDays(300), (await KeyAsync(path)).FreezesAt);
    }

    [Fact]
    public async Task A_rolled_key_works_for_the_overlap_and_counts_down()
    {
        var (path, old, _) = await CreateAsync("web");
        var page = await visitor.FilledAsync(
            path,
            $"{path}?handler=Roll",
            ("Overlap", "24h"),
            ("Password", Known.Password)
        );
        var fresh = Form.Copied(page)[0];

        Assert.Contains("The old key is active until", page, StringComparison.Ordinal);
        await AssertLoginAsync(HttpStatusCode.OK, old);
        await AssertLoginAsync(HttpStatusCode.OK, fresh);
        Assert.Contains("replaced, active for 1 day", await visitor.PageAsync(Root), StringComparison.Ordinal);
        Assert.Contains("data-left=\"86400\"", await visitor.PageAsync(path), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromHours(24));
        await AssertLoginAsync(HttpStatusCode.Unauthorized, old);
        await AssertLoginAsync(HttpStatusCode.OK, fresh);
        Assert.Contains("Past keys (1)", await visitor.PageAsync(Root), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", HttpStatusCode.Unauthorized)]
    [InlineData("1h", HttpStatusCode.OK)]
    public async Task The_overlap_is_as_chosen(string overlap, HttpStatusCode expected)
    {
        var (path, old, _) = await CreateAsync("web");
        await visitor.FilledAsync(path, $"{path}?handler=Roll", ("Overlap", overlap), ("Password", Known.Password));
        await AssertLoginAsync(expected, old);
    }

    [Fact]
    public async Task A_roll_that_cannot_be_changes_nothing()
    {
        var (path, _, _) = await CreateAsync("web");
        foreach (
            var (overlap, password, sentence) in new[]
            {
                ("90d", Known.Password, "Choose one of the times."),
                ("", Known.Password, "Choose one of the times."),
                ("24h", "wrong", "The password is wrong."),
            }
        )
        {
            var page = await visitor.FilledAsync(
                path,
                $"{path}?handler=Roll",
                ("Overlap", overlap),
                ("Password", password)
            );
            Assert.Contains(sentence, page, StringComparison.Ordinal);
            Assert.Contains("value=\"web\"", page, StringComparison.Ordinal);
        }

        Assert.Null((await KeyAsync(path)).SuccessorId);
    }

    [Fact]
    public async Task Revoking_ends_the_key_and_its_sessions_for_ever()
    {
        var (path, key, _) = await CreateAsync("leaked");
        using var login = await server.Http.LoginV3Async(key);
        var access = (await login.JsonAsync()).GetProperty("access_token").GetString()!;

        using var revoked = await visitor.FillAsync(path, $"{path}?handler=Revoke");

        Assert.Equal(HttpStatusCode.Redirect, revoked.StatusCode);
        await AssertLoginAsync(HttpStatusCode.Unauthorized, key);
        using var api = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", access);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        using var again = await visitor.PostAsync($"{path}?handler=Renew", Form.Hidden(await visitor.PageAsync(New)));
        Assert.NotNull((await KeyAsync(path)).RevokedAt);
    }

    [Fact]
    public async Task A_new_name_that_cannot_be_stays_in_its_field_with_a_sentence()
    {
        var (path, _, _) = await CreateAsync("web");

        var page = await visitor.FilledAsync(path, $"{path}?handler=Rename", ("Name", " "));

        Assert.Contains("Enter a name", page, StringComparison.Ordinal);
        Assert.Equal("web", (await KeyAsync(path)).Name);
    }
}
