using Turnstone.Authorization;
using Turnstone.Directory;
using static Turnstone.Tests.Authorization.AuthorizationRequests;

namespace Turnstone.Tests.Authorization;

/// <summary>To which addresses a request may be answered.</summary>
public sealed class RedirectAddressTests
{
    [Theory]
    [InlineData("redirect_uri=https://evil.example.test/")]
    [InlineData("redirect_uri=https://shop.example.test/back")]
    [InlineData("redirect_uri=https://shop.example.test/back?tenant=7&more=1")]
    [InlineData("redirect_uri=https://shop.example.test/back?tenant=7#x")]
    [InlineData("redirect_uri=https://shop.example.test/back/?tenant=7")]
    [InlineData("redirect_uri=https://shop.example.test/x/../back?tenant=7")]
    [InlineData("redirect_uri=https://SHOP.example.test/back?tenant=7")]
    [InlineData("redirect_uri=https://shop.example.test:443/back?tenant=7")]
    [InlineData("redirect_uri=https://shop.example.test@evil.example.test/back?tenant=7")]
    [InlineData("redirect_uri=//shop.example.test/back?tenant=7")]
    [InlineData("redirect_uri=/back")]
    [InlineData("redirect_uri=javascript:alert(1)")]
    [InlineData("redirect_uri=https://shop.example.test/back?tenant=7\r\nX: y")]
    public void Another_address_is_not_proven(string change) =>
        Assert.Equal(new UnprovenRequest(UnprovenReason.NotRegistered), Read(Shop, change));

    [Fact]
    public void The_address_may_be_left_out_where_there_is_only_one_and_then_the_code_is_not_bound_to_it()
    {
        Assert.Equal(new ReplyAddress(Redirect, Named: false, null), Sound(Read(Shop, "redirect_uri=")).ReplyTo);
        Assert.Equal(new UnprovenRequest(UnprovenReason.NotRegistered), Read(App, "redirect_uri="));
        Assert.Equal(
            new UnprovenRequest(UnprovenReason.NotRegistered),
            Read(Shop with { RedirectUris = [] }, "redirect_uri=")
        );
        Assert.Equal(
            new UnprovenRequest(UnprovenReason.NotRegistered),
            Read(Shop with { RedirectUris = ["https://bücher.example.test/"] }, "redirect_uri=")
        );
    }

    [Theory]
    [InlineData("http://127.0.0.1:8500/back", true)]
    [InlineData("http://127.0.0.1:61023/back", true)]
    [InlineData("http://127.0.0.1/back", true)]
    [InlineData("http://[::1]:5/back", true)]
    [InlineData("http://127.0.0.1:61023/back/", false)]
    [InlineData("http://127.0.0.1:61023/back?x=1", false)]
    [InlineData("http://127.0.0.1:61023", false)]
    [InlineData("http://127.0.0.1:/back", false)]
    [InlineData("http://127.0.0.1:65536/back", false)]
    [InlineData("http://127.0.0.1:80@evil.example.test/back", false)]
    [InlineData("http://127.0.0.1@evil.example.test/back", false)]
    [InlineData("http://127.0.0.1.evil.example.test/back", false)]
    [InlineData("http://127.0.0.2:8500/back", false)]
    [InlineData("https://127.0.0.1:8500/back", false)]
    [InlineData("http://localhost:5/back", false)]
    public void The_port_of_a_loopback_address_is_the_programs_choice_and_nothing_else_is(string uri, bool proven) =>
        Assert.Equal(
            proven,
            Read(App, $"redirect_uri={uri}", $"code_challenge={Challenge}", "code_challenge_method=S256")
                is SoundRequest
        );

    [Fact]
    public void A_client_with_a_secret_keeps_its_port() =>
        Assert.IsType<UnprovenRequest>(Read(App with { Public = false }, "redirect_uri=http://127.0.0.1:61023/back"));
}
