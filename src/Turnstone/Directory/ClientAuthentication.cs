using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>
/// Proves a client (RFC 6749 §2.3): a confidential one by either of its secrets, a public one by sending none. Every
/// failure is the same refusal after the same work.
/// </summary>
public sealed class ClientAuthentication(ClientDirectory clients, MasterKeyRing keys)
{
    private static readonly Refusal Wrong = new(
        RefusalCode.InvalidClient,
        "The client could not be authenticated.",
        "Check client_id and client_secret; a public client sends no secret."
    );

    private static readonly byte[] NoSecret = new byte[32];

    public async ValueTask<Outcome<Client>> AuthenticateAsync(
        string? clientId,
        string? secret,
        CancellationToken cancellationToken
    )
    {
        if (secret?.Length > ClientSecretText.Longest)
        {
            return Wrong;
        }

        var client = await clients.FindAsync(clientId, cancellationToken);

        // Always two comparisons, so that the time does not tell how many secrets it has. Whether there is such a
        // client is no secret: its id stands in the address of every sign-in.
        var matches = keys.Matches(CredentialPurpose.ClientSecret, secret ?? "", Stored(client, 0), Stored(client, 1));
        var proven = client is { Public: true }
            ? string.IsNullOrEmpty(secret)
            : matches && !string.IsNullOrEmpty(secret);
        return client is { Stands: true } && proven ? client : Wrong;
    }

    private static byte[] Stored(Client? client, int index) =>
        client?.Secrets.Count > index ? client.Secrets[index].Hash : NoSecret;
}
