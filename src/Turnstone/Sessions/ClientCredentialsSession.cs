using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Sessions;

/// <summary>
/// Tokens that a client gets for itself (client credentials) share one session, whose id follows from the client. It
/// has no row: all of its tokens end with the client's mark, and one of them alone by a row of its own id.
/// </summary>
public static class ClientCredentialsSession
{
    public static SessionId Of(string clientId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"turnstone client session 2\n{clientId}"), hash);
        return SessionId.Read(hash[..SessionId.Size]);
    }
}
