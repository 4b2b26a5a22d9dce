using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Sessions;

/// <summary>
/// The session that every program has with itself: it has no row while it stands. Its id follows from the client and a
/// count of how often it was ended, which goes up only as its id is written among the revoked: tokens that a node
/// issues on a count it has not heard the end of are dead as they are made, and at any time there is one id to end.
/// </summary>
public static class ClientCredentialsSession
{
    public static SessionId Of(string clientId, long epoch)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(
            Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"turnstone standing session 1\n{epoch}\n{clientId}")
            ),
            hash
        );
        return SessionId.Read(hash[..SessionId.Size]);
    }

    /// <summary>
    /// The row by which one of its tokens, or all of them, are refused: <paramref name="id"/> is the token's own or the
    /// standing session's. No longer needed than
    /// <paramref name="until"/>, when the last of them is dead by itself.
    /// </summary>
    public static Session Ended(
        SessionId id,
        string contract,
        string clientId,
        RevocationReason reason,
        DateTimeOffset now,
        DateTimeOffset until,
        Caller by
    ) =>
        new()
        {
            Id = id,
            Contract = contract,
            Grant = GrantKind.ClientCredentials,
            Subject = clientId,
            ClientId = clientId,
            Scopes = Scopes.None,
            Refreshable = false,
            CreatedAt = now,
            AdvancedAt = now,
            AccessExpiresAt = until,
            RefreshExpiresAt = now,
            LastUsedAt = now,
            RevokedAt = now,
            RevokedFor = reason,
            OpenedBy = by,
        };
}
