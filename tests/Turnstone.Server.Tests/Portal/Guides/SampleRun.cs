using System.Diagnostics;
using System.Runtime.InteropServices;
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

    // The SDK's compiler alone, against the running framework: a project each would be restored and built for half a
    // minute.
    private static async Task<CommandResult> CSharpAsync(
        string file,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var framework = RuntimeEnvironment.GetRuntimeDirectory();
        var root = Path.GetFullPath(Path.Combine(framework, "../../.."));
        var compiler = System
            .IO.Directory.GetFiles(Path.Combine(root, "sdk"), "csc.dll", SearchOption.AllDirectories)
            .Order()
            .Last();
        var dotnet = Path.Combine(root, "dotnet");
        var program = Path.ChangeExtension(file, ".dll");
        var references = Path.Combine(folder, "references.rsp");
        await File.WriteAllLinesAsync(
            references,
            System.IO.Directory.GetFiles(framework, "System*.dll").Select(reference => $"-r:\"{reference}\""),
            Cancel
        );
        var compiled = await ProgramAsync(
            folder,
            environment,
            dotnet,
            "exec",
            compiler,
            "-nologo",
            "-nullable:enable",
            "-warnaserror+",
            "-nowarn:1701,1702",
            $"-out:{program}",
            $"@{references}",
            file
        );
        Assert.True(compiled.ExitCode == 0, compiled.Output);
        var configuration = Path.Combine(AppContext.BaseDirectory, "turnstone-server.runtimeconfig.json");
        return await ProgramAsync(folder, environment, dotnet, "exec", "--runtimeconfig", configuration, program);
    }

    private static async Task<CommandResult> ProgramAsync(
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
