using System.Diagnostics;

namespace Turnstone.Server.Tests;

/// <summary>Runs what a reader pastes into a shell.</summary>
internal static class Bash
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="text">What is pasted.</param>
    /// <param name="input">What is typed when it asks.</param>
    /// <param name="folder">Where.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    public static async Task<CommandResult> RunAsync(
        string text,
        string input = "",
        string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = new ProcessStartInfo("bash", ["-c", text])
        {
            WorkingDirectory = folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(Cancel), shell.StandardError.ReadToEndAsync(Cancel));
        await shell.TypeAsync($"{input}\n");
        await shell.WaitForExitAsync(Cancel);
        return new CommandResult(shell.ExitCode, await output, await error);
    }
}
