using System.Diagnostics;
using System.Text.RegularExpressions;

/// <summary>What a refused request is told: a problem document (RFC 9457), as contract 4 has it.</summary>
internal static partial class Refusal
{
    public static IResult Of(int status, string code, string title, string detail) =>
        Results.Problem(
            detail,
            title: title,
            statusCode: status,
            type: $"urn:turnstone:problem:{code}",
            extensions: new Dictionary<string, object?>
            {
                ["code"] = code,
                ["traceId"] = $"{Activity.Current?.TraceId}",
            }
        );

    /// <summary>The guard has set the status and the challenge; the body says the same.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var challenge = $"{context.Response.Headers.WWWAuthenticate}";
        return (context.Response.StatusCode, Description().Match(challenge).Groups[1].Value) switch
        {
            (StatusCodes.Status401Unauthorized, "") => Write(
                "missing_token",
                "There is no access token. Send one in the Authorization header, after Bearer."
            ),
            (StatusCodes.Status401Unauthorized, var said) => Write(
                said.Contains("has expired", StringComparison.Ordinal) ? "token_expired" : "invalid_token",
                said
            ),
            (StatusCodes.Status403Forbidden, _) => Of(
                    StatusCodes.Status403Forbidden,
                    "insufficient_scope",
                    "Insufficient scope",
                    "The access token does not have the scope individuals.read. "
                        + "Log in with an API key or a subscription that has it."
                )
                .ExecuteAsync(context),
            _ => Task.CompletedTask,
        };

        Task Write(string code, string detail) =>
            Of(StatusCodes.Status401Unauthorized, code, "No valid access token", detail).ExecuteAsync(context);
    }

    [GeneratedRegex("error_description=\"([^\"]*)\"")]
    private static partial Regex Description();
}
