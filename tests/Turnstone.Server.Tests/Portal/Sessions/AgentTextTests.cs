using Turnstone.Server.Portal.Sessions;

namespace Turnstone.Server.Tests.Portal.Sessions;

public sealed class AgentTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("  ", null)]
    [InlineData("curl/8.5.0", "curl 8.5.0")]
    [InlineData("python-requests/2.32 extra/1", "python-requests 2.32")]
    [InlineData("shop", "shop")]
    [InlineData("/", "/")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux")]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
            + "like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0",
        "Edge on Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            + "like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "Safari on iPhone"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
        "Chrome on Android"
    )]
    [InlineData("Mozilla/4.0 (compatible)", "Mozilla 4.0")]
    public void A_program_is_named_as_a_person_would(string? userAgent, string? text) =>
        Assert.Equal(text, AgentText.Of(userAgent, "{0} on {1}"));
}
