using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Turnstone.Client;

/// <summary>Reads answers of any contract. Names are compared without case and underscores.</summary>
internal static class Answer
{
    /// <summary>The tokens; null if there is no access token in it.</summary>
    public static Tokens? Tokens(JsonElement answer, Contract contract, double now)
    {
        if (Text(answer, contract.Answer["access"]) is not { Length: > 0 } access)
        {
            return null;
        }

        // A duration is sure whatever the clocks say; a point in time is what the server's clock says.
        var (issued, expires) = FromJwt(access);
        var until =
            Seconds(answer, contract.Answer["expiresIn"]) is { } seconds ? now + seconds
            : Moment(answer, contract.Answer["expiresAt"]) is { } moment ? moment
            : expires ?? now + contract.AccessSeconds;
        return new(
            access,
            Text(answer, contract.Answer["refresh"]),
            until,
            until - (issued ?? now),
            contract.Answer.TryGetValue("type", out var type) && IsDpop(Text(answer, type))
        );
    }

    /// <summary>The code and the words of a refusal, wherever a contract has them.</summary>
    public static (string? Code, string? Reason) Refusal(JsonElement answer) =>
        (
            Text(answer, "code") ?? Text(answer, "detail.error") ?? Text(answer, "error"),
            Text(answer, "error_description")
                ?? Text(answer, "detail.error_description")
                ?? Text(answer, "detail")
                ?? Text(answer, "detail.message")
                ?? Text(answer, "message")
        );

    private static bool IsDpop(string? type) =>
        AccessToken.DpopScheme.Equals(type, StringComparison.OrdinalIgnoreCase);

    private static string? Text(JsonElement answer, string path) =>
        Find(answer, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static double? Seconds(JsonElement answer, string path) =>
        Find(answer, path) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
            { ValueKind: JsonValueKind.String } text
                when double.TryParse(text.GetString(), CultureInfo.InvariantCulture, out var seconds) => seconds,
            _ => null,
        };

    private static double? Moment(JsonElement answer, string path) =>
        Seconds(answer, path)
        ?? (
            DateTimeOffset.TryParse(
                Text(answer, path),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var moment
            )
                ? moment.ToUnixTimeMilliseconds() / 1000.0
                : null
        );

    private static JsonElement? Find(JsonElement answer, string path)
    {
        var place = answer;
        foreach (var step in path.Split('.'))
        {
            if (place.ValueKind is not JsonValueKind.Object)
            {
                return null;
            }

            var member = place.EnumerateObject().FirstOrDefault(member => Plain(member.Name) == Plain(step));
            if (member.Value.ValueKind is JsonValueKind.Undefined)
            {
                return null;
            }

            place = member.Value;
        }

        return place;
    }

    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>When a JWT was issued and when it expires; it is not verified, as it is only passed on.</summary>
    private static (double? Issued, double? Expires) FromJwt(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return (null, null);
        }

        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(payload)));
            return (Seconds(claims.RootElement, "iat"), Seconds(claims.RootElement, "exp"));
        }
        catch (Exception reason) when (reason is FormatException or JsonException)
        {
            return (null, null);
        }
    }
}
