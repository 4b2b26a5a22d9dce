using System.Text.Json;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Tests.Contracts;

public sealed class CurlLineTests
{
    [Fact]
    public async Task A_body_holds_what_is_known_and_what_is_typed_whatever_characters_they_have()
    {
        var line = CurlLine
            .Post("https://host/login")
            .Json(("email", "a\"b\\c'd$(id)<ü>&\u0001"), ("password", "PASSWORD"))
            .Asking("PASSWORD");

        var sent = await Bash.RunAsync($"curl() {{ cat; }}\n{line}", "it's \"$HOME\" \\ `id`");

        using var body = JsonDocument.Parse(sent.Output);
        Assert.Equal("a\"b\\c'd$(id)<ü>&\u0001", body.RootElement.GetProperty("email").GetString());
        Assert.Equal("it's \"$HOME\" \\ `id`", body.RootElement.GetProperty("password").GetString());
    }
}
