using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Turnstone.Clients.Tests.Behaviours;

internal static class Jwt
{
    public static bool HasExpired(string token)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(token.Split('.')[1])));
        return TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() >= claims.RootElement.GetProperty("exp").GetInt64();
    }
}
