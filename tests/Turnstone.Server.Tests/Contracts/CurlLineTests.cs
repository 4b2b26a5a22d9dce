using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Tests.Contracts;

public sealed class CurlLineTests
{
    [Fact]
    public void A_body_is_one_word_of_the_shell_and_escapes_only_what_JSON_demands()
    {
        var line = CurlLine.Post("https://host/login").Json(("key", "a\"b\\c'd<ü>&\n\u0001"));

        Assert.Equal(
            """
            curl -X POST 'https://host/login' \
              -H 'Content-Type: application/json' \
              -d '{"key":"a\"b\\c'\''d<ü>&\n\u0001"}'
            """.ReplaceLineEndings("\n"),
            line.ToString()
        );
    }
}
