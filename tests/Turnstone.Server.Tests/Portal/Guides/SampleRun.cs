using System.Diagnostics;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Tests.CommandLine;

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

    /// <summary>The short form, with the client where its reader has installed it.</summary>
    public static async Task<CommandResult> RunShortAsync(
        Sample sample,
        SampleLanguage language,
        string folder,
        IReadOnlyDictionary<string, string> environment
    )
    {
        var file = Path.Combine(folder, $"short.{language.Ending}");
        await File.WriteAllTextAsync(file, sample.ByClient(language) + "\n", Cancel);
        var clients = Path.Combine(Repository.Root, "clients");
        switch (language.Ending)
        {
            case "py":
                var known = new Dictionary<string, string>(environment)
                {
                    ["PYTHONPATH"] = Path.Combine(clients, "python"),
                    ["PYTHONDONTWRITEBYTECODE"] = "1",
                };
                return await ProgramAsync(folder, known, "python3", file);
            case "mjs":
                var modules = System.IO.Directory.CreateDirectory(Path.Combine(folder, "node_modules")).FullName;
                File.CreateSymbolicLink(Path.Combine(modules, "turnstone-client"), Path.Combine(clients, "typescript"));
                return await ProgramAsync(folder, environment, "node", file);
            case "cs":
                var package = System.IO.Directory.CreateDirectory(Path.Combine(folder, "package")).FullName;
                foreach (var place in new[] { folder, package })
                {
                    var library = "Turnstone.Client.dll";
                    File.Copy(
                        Path.Combine(Path.GetDirectoryName(CliHome.Program)!, library),
                        Path.Combine(place, library)
                    );
                }

                var program = await CSharpProgram.CompileAsync(folder, [CSharpProgram.Framework, package], [file]);
                string[] words = [.. CSharpProgram.Start, program];
                return await ProgramAsync(folder, environment, words[0], words[1..]);
            default:
                throw new ArgumentException($"There is no client for {language.Name}.", nameof(language));
        }
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
