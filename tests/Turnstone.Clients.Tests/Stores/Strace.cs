using System.Diagnostics;
using Turnstone.Chaos.Clients;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>A client's program under strace, which sees what it asks the system for and may end it there.</summary>
internal static class Strace
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task SkipUnlessItMayLookAsync()
    {
        const string Why = "strace is not there, or may not look.";
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), Why);
        var start = new ProcessStartInfo("strace", ["-f", "-o", "/dev/null", "true"]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.SkipUnless(process.ExitCode == 0, Why);
    }

    /// <summary>Runs it to its end, whichever that is.</summary>
    public static async Task<(int ExitCode, string Said, string Error)> RunAsync(
        IEnumerable<string> options,
        ClientProgram program,
        string input
    )
    {
        var start = new ProcessStartInfo("strace", ["-f", .. options, .. program.Words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";

        // Or Node's flushes are none that strace sees.
        start.Environment["UV_USE_IO_URING"] = "0";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(Cancel);
        var error = process.StandardError.ReadToEndAsync(Cancel);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, and its words tell how.
        }

        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, await said, await error);
    }
}
