using System.Text.Json;

namespace Turnstone.Cli.Issuer;

/// <summary>What a server answered, which may be anything.</summary>
internal static class Answers
{
    private static readonly string[] Words = ["error_description", "description", "detail", "message"];

    /// <summary>The JSON; undefined where there is none.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    public static CliException Refused(HttpResponseMessage answer, JsonElement said)
    {
        var status = (int)answer.StatusCode;
        return status >= 500 || status == 429
            ? new(
                ExitCode.Unavailable,
                "unavailable",
                $"The server answered {status}. Try again later. {Reason(said)}".Trim()
            )
            : new(
                ExitCode.Refused,
                Text(said, "error") ?? Text(said, "code") ?? "refused",
                $"The server refused the request ({status}). {Reason(said)}".Trim()
            );
    }

    public static string? Text(JsonElement said, string name) =>
        said.ValueKind is JsonValueKind.Object
        && said.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    public static DateTimeOffset? Time(JsonElement said, string name) =>
        said.ValueKind is JsonValueKind.Object
        && said.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string? Reason(JsonElement said) =>
        Words.Select(name => Text(said, name)).FirstOrDefault(text => text is not null);
}
