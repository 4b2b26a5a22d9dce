using System.Diagnostics;
using System.Text;

namespace Turnstone.Testing;

/// <summary>The stock libraries of tests/interop; npm fetches them when they are not there.</summary>
internal static class Interop
{
    private static readonly SemaphoreSlim Fetching = new(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<string> FolderAsync()
    {
        var folder = Path.Combine(Repository.Root, "tests", "interop");
        await Fetching.WaitAsync(Cancel);
        try
        {
            if (!File.Exists(Path.Combine(folder, "node_modules", "passport-openidconnect", "package.json")))
            {
                await ExecuteAsync(folder, "npm", ["ci"], "");
            }
        }
        finally
        {
            Fetching.Release();
        }

        return folder;
    }

    /// <summary>Runs a program there; answers what it wrote.</summary>
    public static async Task<string> ExecuteAsync(string folder, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        var error = process.StandardError.ReadToEndAsync(Cancel);
        await process.TypeAsync(input);
        await process.WaitForExitAsync(Cancel);
        Assert.True(
            process.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}"
        );
        return await output;
    }
}
