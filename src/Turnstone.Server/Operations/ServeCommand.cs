using System.CommandLine;

namespace Turnstone.Server.Operations;

internal sealed class ServeCommand : Command
{
    private readonly CommandHost context;

    public ServeCommand(CommandHost context)
        : base(
            "serve",
            "Serves until it is told to stop (SIGTERM, Ctrl+C); requests in progress are finished first. "
                + "This is the default."
        )
    {
        this.context = context;
        SetAction((_, cancellationToken) => ServeAsync(cancellationToken));
    }

    public async Task<int> ServeAsync(CancellationToken cancellationToken)
    {
        await using var app = context.Build();
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Done;
    }
}
