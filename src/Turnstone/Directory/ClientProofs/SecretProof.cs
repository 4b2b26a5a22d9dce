using Turnstone.Credentials;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.ClientProofs;

/// <summary>
/// <c>client_secret_basic</c> and <c>client_secret_post</c> (RFC 6749 §2.3.1): one of a client's two secrets.
/// </summary>
public sealed class SecretProof(MasterKeyRing keys)
{
    private static readonly byte[] NoSecret = new byte[32];

    // Always two comparisons, so that the time does not tell how many secrets it has. Whether there is such a client is
    // no secret: its id stands in the address of every sign-in.
    public bool Proves(Client? client, string? secret) =>
        keys.Matches(CredentialPurpose.ClientSecret, secret ?? "", Stored(client, 0), Stored(client, 1))
        && !string.IsNullOrEmpty(secret);

    private static byte[] Stored(Client? client, int index) =>
        client?.Secrets.Count > index ? client.Secrets[index].Hash : NoSecret;
}
