using System.Net;
using System.Text.Json;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Commands;

/// <summary>What Turnstone tells the holder of a token about its session (docs/cli.md). Other servers do not.</summary>
internal static class OwnSession
{
    public const string Path = "/own/session";
    public const string ListPath = "/own/sessions";

    /// <summary>What the server says; null where it has no such call.</summary>
    public static async Task<JsonElement?> AskAsync(
        CommandContext context,
        Profile profile,
        HttpMethod method,
        string path,
        string token,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, profile.Server + path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await context.Http.SendAsync(request, cancellationToken);
        var said = await Answers.ReadAsync(answer, cancellationToken);
        return answer.IsSuccessStatusCode
            ? said.ValueKind is JsonValueKind.Object
                ? said
                : throw new CliException(
                    ExitCode.Unavailable,
                    "unavailable",
                    $"{profile.Server} answers with no JSON object: it is no token server, or something on the way is."
                )
            : answer.StatusCode is HttpStatusCode.NotFound
                ? null
                : answer.StatusCode is HttpStatusCode.Unauthorized
                    ? throw new CliException(
                        ExitCode.NotGood,
                        Answers.Text(said, "error") ?? "invalid_token",
                        Answers.Text(said, "error_description") ?? "The server does not know this token."
                    )
                    : throw Answers.Refused(answer, said);
    }
}
