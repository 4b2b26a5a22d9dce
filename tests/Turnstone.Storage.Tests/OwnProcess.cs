using System.Diagnostics;

namespace Turnstone.Storage.Tests;

/// <summary>This program once more, for what is to be killed.</summary>
internal static class OwnProcess
{
    public static Process Start(params IEnumerable<string> arguments) =>
        Process.Start(
            new ProcessStartInfo(
                Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                    ? typeof(OwnProcess).Assembly.Location[..^".dll".Length]
                    : Environment.ProcessPath!,
                arguments
            )
            {
                RedirectStandardOutput = true,

                // A killed process leaves the pipes of its diagnostics in the temporary folder.
                Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
            }
        )!;
}
