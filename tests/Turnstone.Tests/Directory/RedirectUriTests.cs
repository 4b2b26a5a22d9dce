using Turnstone.Directory;

namespace Turnstone.Tests.Directory;

public sealed class RedirectUriTests
{
    [Theory]
    [InlineData("https://shop.example.test/callback")]
    [InlineData("https://shop.example.test")]
    [InlineData("https://shop.example.test:8443/callback?tenant=1&x=%2F")]
    [InlineData("HTTPS://shop.example.test/callback")]
    [InlineData("https://xn--bcher-kva.example.test/callback")]
    [InlineData("http://127.0.0.1:8500/callback")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://[::1]:8500/callback")]
    [InlineData("http://localhost:8500/callback")]
    public void Https_and_the_machine_itself_may_be_registered_by_every_client(string uri)
    {
        Assert.Null(RedirectUri.FlawOf(uri, publicClient: false));
        Assert.Null(RedirectUri.FlawOf(uri, publicClient: true));
    }

    [Theory]
    [InlineData("com.example.app:/callback")]
    [InlineData("com.example.app://callback")]
    public void A_scheme_that_an_app_has_claimed_is_for_public_clients(string uri)
    {
        Assert.Null(RedirectUri.FlawOf(uri, publicClient: true));
        Assert.Equal(RedirectUriFlaw.Scheme, RedirectUri.FlawOf(uri, publicClient: false));
    }

    [Theory]
    [InlineData("", RedirectUriFlaw.NotAbsolute)]
    [InlineData("/callback", RedirectUriFlaw.NotAbsolute)]
    [InlineData("//shop.example.test/callback", RedirectUriFlaw.NotAbsolute)]
    [InlineData("shop.example.test/callback", RedirectUriFlaw.NotAbsolute)]
    [InlineData("https://", RedirectUriFlaw.NotAbsolute)]
    [InlineData("https:///callback", RedirectUriFlaw.NotAbsolute)]
    [InlineData("https://shop.example.test/call back", RedirectUriFlaw.NotAbsolute)]
    [InlineData("https://shop.example.test\\@evil.example.test/", RedirectUriFlaw.NotAbsolute)]
    [InlineData("https://shop.example.test/\n", RedirectUriFlaw.NotAbsolute)]
    [InlineData("https://bücher.example.test/", RedirectUriFlaw.NotAbsolute)]
    [InlineData("http://shop.example.test/callback", RedirectUriFlaw.NotEncrypted)]
    [InlineData("http://127.0.0.1.example.test/", RedirectUriFlaw.NotEncrypted)]
    [InlineData("http://localhost.example.test/", RedirectUriFlaw.NotEncrypted)]
    [InlineData("https://shop.example.test/callback#there", RedirectUriFlaw.Fragment)]
    [InlineData("https://shop.example.test/callback#", RedirectUriFlaw.Fragment)]
    [InlineData("https://*.example.test/callback", RedirectUriFlaw.Wildcard)]
    [InlineData("https://shop.example.test/*", RedirectUriFlaw.Wildcard)]
    [InlineData("https://shop.example.test@evil.example.test/", RedirectUriFlaw.UserInfo)]
    [InlineData("https://@evil.example.test/", RedirectUriFlaw.UserInfo)]
    [InlineData("javascript:alert(1)", RedirectUriFlaw.Scheme)]
    [InlineData("data:text/html,hello", RedirectUriFlaw.Scheme)]
    [InlineData("file:///etc/passwd", RedirectUriFlaw.Scheme)]
    [InlineData("app:/callback", RedirectUriFlaw.Scheme)]
    public void Anything_else_is_refused_by_name(string uri, RedirectUriFlaw flaw)
    {
        Assert.Equal(flaw, RedirectUri.FlawOf(uri, publicClient: true));
        Assert.Equal(flaw, RedirectUri.FlawOf(uri, publicClient: false));
    }

    [Theory]
    [InlineData("https://shop.example.test", true)]
    [InlineData("https://shop.example.test:8443", true)]
    [InlineData("http://127.0.0.1:8500", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://[::1]:8500", true)]
    [InlineData("https://xn--bcher-kva.example.test", true)]
    [InlineData("http://shop.example.test", false)]
    [InlineData("https://shop.example.test/", false)]
    [InlineData("https://shop.example.test:443", false)]
    [InlineData("https://Shop.example.test", false)]
    [InlineData("HTTPS://shop.example.test", false)]
    [InlineData("https://shop.example.test?", false)]
    [InlineData("https://user@shop.example.test", false)]
    [InlineData("https://*.example.test", false)]
    [InlineData("https://bücher.example.test", false)]
    [InlineData("com.example.app://callback", false)]
    [InlineData("null", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    public void An_origin_is_as_browsers_write_it(string text, bool origin) =>
        Assert.Equal(origin, RedirectMatch.IsOrigin(text));

    [Fact]
    public void One_that_is_too_long_is_refused()
    {
        var longest = $"https://shop.example.test/{new string('a', RedirectUri.Longest - 26)}";

        Assert.Null(RedirectUri.FlawOf(longest, publicClient: false));
        Assert.Equal(RedirectUriFlaw.TooLong, RedirectUri.FlawOf(longest + "a", publicClient: false));
    }

    [Fact]
    public void Localhost_is_told_from_the_address()
    {
        Assert.True(RedirectUri.NamesLocalhost("http://localhost:8500/callback"));
        Assert.False(RedirectUri.NamesLocalhost("http://127.0.0.1:8500/callback"));
    }
}
