using System.Text;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Publishes checkpoints of the audit log in a file of the operator's choice, a line each (docs/audit.md).
/// </summary>
public sealed class CheckpointFile(ISealedLog log, TurnstoneSettings settings)
{
    private string? last;

    /// <summary>Adds the newest checkpoint, if it is not the one that was added before.</summary>
    public async Task AddAsync(CancellationToken cancellationToken)
    {
        if (
            settings.Audit.Checkpoints.Length == 0
            || await log.CheckpointAsync(cancellationToken) is not { } checkpoint
            || checkpoint.Text == last
        )
        {
            return;
        }

        var stream = new FileStream(settings.Audit.Checkpoints, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await using (stream)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{checkpoint.ToLine()}\n"), cancellationToken);
            DiskFlush.Flush(stream);
        }

        last = checkpoint.Text;
    }
}
