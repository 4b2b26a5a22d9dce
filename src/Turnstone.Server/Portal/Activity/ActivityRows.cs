using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Sessions;

namespace Turnstone.Server.Portal.Activity;

/// <summary>Events as pages show them: with names in place of ids, and equal neighbours folded.</summary>
public sealed class ActivityRows(
    IAuditLog audit,
    SessionFates fates,
    IClientStore clients,
    IApiKeyStore apiKeys
)
{
    /// <summary>The newest that match, and the position of the next page; null on the last.</summary>
    public async Task<(IReadOnlyList<ActivityRow> Rows, Guid? Next)> ReadAsync(
        AuditQuery query,
        Guid reader,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(query);
        var found = await audit.ReadAsync(query with { Limit = limit + 1 }, cancellationToken);
        var rows = await fates.ToRowsAsync(found.Take(limit), reader, cancellationToken);
        var names = new ClientNames(clients, await clients.ListAsync(reader, cancellationToken));
        var keys = (await apiKeys.ListAsync(reader, cancellationToken)).ToDictionary(key => key.Id, key => key.Name);
        List<ActivityRow> named = [];
        foreach (var row in rows)
        {
            named.Add(row with { Subject = await SubjectAsync(row.Entry) });
        }

        return (ActivityRow.Fold(named), found.Count > limit ? found[limit - 1].Id : null);

        async Task<string?> SubjectAsync(AuditEntry entry) =>
            entry.ClientId is { } client ? await names.OfAsync(client, cancellationToken)
            : entry.ApiKeyId is { } key ? keys.GetValueOrDefault(key)
            : null;
    }
}
