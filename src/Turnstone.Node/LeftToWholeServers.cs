using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Node;

/// <summary>Says which of its settings this program leaves to others: nobody is to wait for what nobody does.</summary>
internal sealed partial class LeftToWholeServers(TurnstoneSettings settings, ILogger<LeftToWholeServers> log)
    : IPreparationStep
{
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (settings.Provision.Length > 0)
        {
            NotApplied(log, settings.Provision);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(
        1290,
        LogLevel.Warning,
        "This program applies no provisioning file ({File}): a whole server does at its start, "
            + "or turnstone-server apply."
    )]
    private static partial void NotApplied(ILogger log, string file);
}
