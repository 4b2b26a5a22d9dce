using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;

namespace Turnstone.Administration;

/// <summary>Shuts and opens clients, whoever owns them.</summary>
public sealed class ClientAdministration(IClientStore clients, RevokedSessions revoked, TimeProvider time)
{
    /// <summary>
    /// Shuts or opens the client; shut, it authenticates nowhere and its sessions end in the same commit. Null when
    /// there is no such client.
    /// </summary>
    public async Task<Client?> SetEnabledAsync(
        string id,
        bool enabled,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await clients.FindAsync(id, cancellationToken) is not { } client)
        {
            return null;
        }

        if (client.DisabledAt is null == enabled)
        {
            return client;
        }

        var changed = client with { DisabledAt = enabled ? null : time.GetUtcNow() };
        await clients.SaveAsync(changed, Entry(client, caller, enabled ? "enabled" : "disabled"), cancellationToken);
        if (!enabled)
        {
            await revoked.RefreshAsync(cancellationToken);
        }

        return changed;
    }

    private AuditEntry Entry(Client client, Caller caller, string detail) =>
        new()
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = client.OwnerId,
            ClientId = client.Id,
            Detail = detail,
        };
}
