using Turnstone.Server.Hosting;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Server.Operations;
using Turnstone.Server.Telemetry;

namespace Turnstone.Node;

/// <summary>The one command: it serves.</summary>
internal static class NodeCommand
{
    public static async Task<int> RunAsync(string[] args, ServerPlan plan)
    {
        OpenFiles.RequireEnough();
        SecretArguments.Refuse(args, plan.Contracts);
        var (host, words) = HostArguments.Part(args);
        switch (words)
        {
            case [] or ["serve"]:
                break;
            case ["--help" or "-h" or "-?"]:
                await Console.Out.WriteLineAsync(Words.Help);
                return ExitCode.Done;
            case ["--version"]:
                await Console.Out.WriteLineAsync(ServerVersion.Text);
                return ExitCode.Done;
            default:
                await Console.Error.WriteLineAsync(Words.Unknown(words.First(word => word != "serve")));
                return ExitCode.Usage;
        }

        await using var app = ServerHost.Build(host, plan);
        await app.StartAsync();
        await app.WaitForShutdownAsync();
        return ExitCode.Done;
    }
}
