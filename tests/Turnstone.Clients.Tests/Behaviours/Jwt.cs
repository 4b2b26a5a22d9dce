using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Turnstone.Clients.Tests.Behaviours;

internal static class Jwt
{
    public static bool HasExpired(string token) =>
        TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() >= Claims(token).GetProperty("exp").GetInt64();

    /// <summary>Which session it is of.</summary>
    public static string Session(string token) => Claims(token).GetProperty("sid").GetString()!;

    private static JsonElement Claims(string token) =>
        JsonElement.Parse(Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(token.Split('.')[1])));
}
