using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Administration;

/// <summary>Disables and enables clients, whoever owns them.</summary>
public sealed class ClientAdministration(IClientStore store, Clients clients, TimeProvider time)
{
    /// <summary>
    /// Disables or enables the client; disabled, it authenticates nowhere and its sessions end in the same commit. Null
    /// when there is no such client.
    /// </summary>
    public async Task<Client?> SetEnabledAsync(
        string id,
        bool enabled,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await clients.ChangeAsync(
            id,
            client =>
                client.DisabledAt is null == enabled
                    ? null
                    : client with
                    {
                        DisabledAt = enabled ? null : time.GetUtcNow(),
                    },
            enabled ? "enabled" : "disabled",
            caller,
            cancellationToken
        ) ?? await store.FindAsync(id, cancellationToken);
}
