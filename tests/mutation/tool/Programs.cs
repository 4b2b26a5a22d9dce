using System.Diagnostics;
using System.Text;

namespace Turnstone.Mutation;

internal static class Programs
{
    public static async Task<string> OutputAsync(string program, string folder, params string[] words)
    {
        var (code, output) = await RunAsync(program, folder, TimeSpan.FromMinutes(1), null, words);
        return code == 0 ? output : throw new InvalidOperationException($"{program} ended with {code}: {output}");
    }

    /// <summary>Runs a program to its end; after the time it is killed, and its code is -1.</summary>
    public static async Task<(int Code, string Output)> RunAsync(
        string program,
        string folder,
        TimeSpan atMost,
        IReadOnlyDictionary<string, string>? environment,
        params string[] words
    )
    {
        var start = new ProcessStartInfo(program, words)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, line) => Note(said, line.Data);
        process.ErrorDataReceived += (_, line) => Note(said, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var end = new CancellationTokenSource(atMost);
        try
        {
            await process.WaitForExitAsync(end.Token);
            return (process.ExitCode, said.ToString());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            return (-1, said.ToString());
        }
    }

    private static void Note(StringBuilder said, string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }
    }
}
