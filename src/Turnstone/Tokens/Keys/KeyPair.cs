using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// A private key that can sign and be shown to verifiers. The runtime promises nothing about two threads in one key
/// instance, and OpenSSL takes a lock for RSA blinding when they do, so each pair keeps a small pool of instances of
/// the same key. Nothing here prints: the base class has no members to show and <see cref="object.ToString"/> gives the
/// type's name.
/// </summary>
internal abstract class KeyPair
{
    /// <summary>
    /// The members of the public key that the thumbprint is made of, in the order RFC 7638 §3.2 asks for.
    /// </summary>
    public abstract IReadOnlyList<KeyValuePair<string, string>> PublicMembers { get; }

    public abstract int SignatureSize { get; }

    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    public abstract byte[] ExportPrivate();

    /// <summary>
    /// Twelve bytes of the JWK thumbprint (RFC 7638): the name follows from the key, so no key can pass under another's
    /// name.
    /// </summary>
    public string Kid()
    {
        var members = string.Join(',', PublicMembers.Select(member => $"\"{member.Key}\":\"{member.Value}\""));
        return Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes($"{{{members}}}")).AsSpan(0, 12));
    }

    public static KeyPair Create(SigningAlgorithm algorithm) =>
        algorithm switch
        {
            SigningAlgorithm.ES256 => EcKeyPair.Create(),
            SigningAlgorithm.RS256 => RsaKeyPair.Create(),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };

    /// <exception cref="CryptographicException">The bytes are not a PKCS#8 private key for this algorithm.</exception>
    public static KeyPair Open(SigningAlgorithm algorithm, byte[] pkcs8) =>
        algorithm switch
        {
            SigningAlgorithm.ES256 => new EcKeyPair(pkcs8),
            SigningAlgorithm.RS256 => new RsaKeyPair(pkcs8),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };
}
