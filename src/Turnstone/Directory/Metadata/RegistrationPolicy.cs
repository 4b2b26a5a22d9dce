using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Directory.Metadata;

/// <summary>Who may register clients (RFC 7591).</summary>
public enum RegistrationMode
{
    Closed,

    /// <summary>Whoever has an initial access token (§1.2).</summary>
    WithToken,

    /// <summary>Everybody, within limits.</summary>
    Open,
}

/// <summary>The mode with its initial access tokens, of which only hashes are kept.</summary>
public sealed class RegistrationPolicy(RegistrationMode mode, IEnumerable<string> tokens)
{
    private readonly byte[][] hashes = [.. tokens.Select(HashOf)];

    public RegistrationMode Mode => mode;

    public bool Admits(string token) =>
        mode is RegistrationMode.Open || (mode is RegistrationMode.WithToken && Holds(HashOf(token)));

    // All of them are compared, so that the time does not tell which is near.
    private bool Holds(byte[] hash) =>
        hashes.Aggregate(false, (found, known) => CryptographicOperations.FixedTimeEquals(known, hash) | found);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
