using System.Text.Json;
using Turnstone.Audit;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>The file in which <c>audit tail</c> remembers the next number of each chain.</summary>
internal sealed record TailState(string Path);

internal static class TailStates
{
    /// <summary>What the file says; nothing where there is none yet, null where it is another file.</summary>
    public static async Task<Dictionary<AuditChain, long>?> PlacesAsync(
        this TailState? state,
        CancellationToken cancellationToken
    )
    {
        if (state is null || !File.Exists(state.Path))
        {
            return [];
        }

        try
        {
            await using var file = File.OpenRead(state.Path);
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
    public static async Task SaveAsync(
        this TailState? state,
        Dictionary<AuditChain, long> places,
        CancellationToken cancellationToken
    )
    {
        if (state is not null)
        {
            var next = $"{state.Path}.new";
            await File.WriteAllTextAsync(next, JsonSerializer.Serialize(places), cancellationToken);
            File.Move(next, state.Path, overwrite: true);
        }
    }
}
