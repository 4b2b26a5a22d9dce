using System.Text.Json;
using Turnstone.Audit;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>The file in which <c>audit tail</c> remembers the next number of each chain; null for none.</summary>
internal sealed class TailState(string? path)
{
    /// <summary>What the file says; nothing where there is none yet, null where it is another file.</summary>
    public async Task<Dictionary<AuditChain, long>?> PlacesAsync(CancellationToken cancellationToken)
    {
        if (path is null || !File.Exists(path))
        {
            return [];
        }

        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<Dictionary<AuditChain, long>>(
                file,
                cancellationToken: cancellationToken
            );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file as a whole: a process that is killed leaves the old one or the new one.</summary>
    public async Task SaveAsync(Dictionary<AuditChain, long> places, CancellationToken cancellationToken)
    {
        if (path is not null)
        {
            var next = $"{path}.new";
            await File.WriteAllTextAsync(next, JsonSerializer.Serialize(places), cancellationToken);
            File.Move(next, path, overwrite: true);
        }
    }
}
