using System.Diagnostics;
using System.Text.Json;

namespace Turnstone.Clients.Tests;

/// <summary>A script of these tests, which says in JSON what a client did.</summary>
internal static class Script
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<T> RunAsync<T>(string program, string path)
    {
        var file = Path.Combine(Repository.Root, "tests/Turnstone.Clients.Tests", path);
        var start = new ProcessStartInfo(program, [file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Cancel);
        var said = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, await error);
        return JsonSerializer.Deserialize<T>(said, JsonSerializerOptions.Web)!;
    }
}
