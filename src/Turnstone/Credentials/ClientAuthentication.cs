using Turnstone.Directory;
using Turnstone.Keys;

namespace Turnstone.Credentials;

/// <summary>
/// Proves a client (RFC 6749 §2.3): a confidential one by either of its secrets, a public one by sending none. Every failure is the same
/// refusal after the same work.
/// </summary>
public sealed class ClientAuthentication(ClientDirectory clients, MasterKeyRing keys)
{
    private static readonly Refusal Wrong = new(
        RefusalCode.InvalidClient, "The client could not be authenticated.", "Check client_id and client_secret; a public client sends no secret.");

    private static readonly byte[] NoSecret = new byte[32];

    public async ValueTask<Outcome<Client>> AuthenticateAsync(string? clientId, string? secret, CancellationToken cancellationToken)
    {
        if (secret?.Length > ClientSecretText.Longest)
        {
            return Wrong;
        }

        var client = await clients.FindAsync(clientId, cancellationToken);

        // Always two comparisons, so that the time tells neither whether the client exists nor how many secrets it has.
        var first = Matches(client, 0, secret);
        var second = Matches(client, 1, secret);
        var proven = client is { Public: true } ? string.IsNullOrEmpty(secret) : first | second;
        return client is { Stands: true } && proven ? client : Wrong;
    }

    private bool Matches(Client? client, int index, string? secret)
    {
        var stored = client?.Secrets.Count > index ? client.Secrets[index].Hash : NoSecret;
        return keys.Matches(CredentialPurpose.ClientSecret, secret ?? "", stored) && !string.IsNullOrEmpty(secret);
    }
}
