using System.Diagnostics;
using Turnstone.Server.Portal.Guides;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>Runs a sample as its reader does: the file as it is shown, a folder, an environment.</summary>
internal static class SampleRun
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<CommandResult> RunAsync(
        Sample sample,
        SampleLanguage language,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var file = Path.Combine(folder, $"{sample.Name}.{language.Ending}");
        await File.WriteAllTextAsync(file, sample.Text(language) + "\n", Cancel);
        return language.Ending switch
        {
            "sh" => await ProgramAsync(folder, environment, "bash", file),
            "py" => await ProgramAsync(folder, environment, "python3", file),
            "mjs" => await ProgramAsync(folder, environment, "node", file),
            "cs" => await CSharpAsync(file, folder, environment),
            _ => throw new ArgumentException($"Nothing runs {language.Name}.", nameof(language)),
        };
    }

    private static async Task<CommandResult> CSharpAsync(
        string file,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var program = await CSharpProgram.CompileAsync(folder, [CSharpProgram.Framework], [file]);
        string[] words = [.. CSharpProgram.Start, program];
        return await ProgramAsync(folder, environment, words[0], words[1..]);
    }

    public static async Task<CommandResult> ProgramAsync(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        string program,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(Cancel),
            process.StandardError.ReadToEndAsync(Cancel)
        );
        await process.WaitForExitAsync(Cancel);
        return new CommandResult(process.ExitCode, await output, await error);
    }
}
