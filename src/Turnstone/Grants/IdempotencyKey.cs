using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>The key by which a client shows that a request is a repeat of its own.</summary>
public static class IdempotencyKey
{
    /// <summary>Bound to the session: a key that a client uses everywhere proves nothing elsewhere.</summary>
    public static byte[]? HashOf(SessionId session, string? key) =>
        string.IsNullOrEmpty(key) ? null : HMACSHA256.HashData(session.ToBytes(), Encoding.UTF8.GetBytes(key));

    public static bool Matches(SessionId session, byte[]? hash, string? key) =>
        hash is not null && HashOf(session, key) is { } shown && CryptographicOperations.FixedTimeEquals(hash, shown);
}
