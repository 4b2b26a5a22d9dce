using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Tests.Model;

public sealed class ScopesTests
{
    private static readonly string[] Many = [.. Enumerable.Range(0, 60).Select(i => $"https://api.example/{i:d3}")];

    [Fact]
    public void Names_of_our_own_may_be_many_and_may_come_twice()
    {
        Assert.Equal(Many, Scopes.Of(Many).Names);
        Assert.Equal(Many, Scopes.Of([.. Many, .. Many]).Names);
    }

    [Fact]
    public void A_client_with_many_scopes_may_be_offered_them_beside_its_own()
    {
        var client = new Client
        {
            Id = "shop",
            Name = "Shop",
            Scopes = Scopes.Of(Many[..40]),
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

        Assert.Equal(
            Many[..50],
            new ApplicationRules(Scopes.Of(Many[..30]))
                .ScopesFor(client with { Scopes = Scopes.Of(Many[20..50]) })
                .Names
        );
        Assert.Equal(Many[..40], new ApplicationRules(client.Scopes).ScopesFor(client).Names);
    }

    [Theory]
    [InlineData("a b c", false, true)]
    [InlineData("a,b", true, true)]
    [InlineData("a\"b", false, false)]
    [InlineData("a\\b", false, false)]
    [InlineData("ä", false, false)]
    public void A_request_may_hold_what_RFC_6749_allows(string text, bool commas, bool good) =>
        Assert.Equal(good, Scopes.TryParse(text, out _, commas));

    [Fact]
    public void A_request_may_be_so_long_and_no_longer()
    {
        Assert.True(Scopes.TryParse(new string('a', Scopes.LongestText), out _));
        Assert.False(Scopes.TryParse(new string('a', Scopes.LongestText + 1), out _));
    }

    [Fact]
    public void A_name_that_is_no_scope_is_refused() => Assert.Throws<FormatException>(() => Scopes.Of(["a\"b"]));
}
