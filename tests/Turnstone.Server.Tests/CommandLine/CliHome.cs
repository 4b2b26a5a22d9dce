using System.Diagnostics;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>Somebody's home, in which the built turnstone is run as a shell runs it.</summary>
internal sealed class CliHome : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>As it was built: these tests' own folder has the server's files.</summary>
    public static string Program { get; } =
        Path.Combine(
            Repository.Root,
            "src",
            "Turnstone.Cli",
            "bin",
            Path.GetRelativePath(
                Path.Combine(Repository.Root, "tests", "Turnstone.Server.Tests", "bin"),
                AppContext.BaseDirectory
            ),
            "Turnstone.Cli"
        );

    public string Folder { get; } = System.IO.Directory.CreateTempSubdirectory("turnstone-home-").FullName;

    public string Config => Path.Combine(Folder, "config", "turnstone");

    public string State => Path.Combine(Folder, "state", "turnstone");

    public string Session(string profile = "default") => Path.Combine(State, "sessions", $"{profile}.json");

    /// <summary>Variables for every run from now on.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What a shell needs to find it by its name.</summary>
    public IReadOnlyDictionary<string, string> Environment()
    {
        var bin = System.IO.Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        var name = Path.Combine(bin, "turnstone");
        if (!File.Exists(name))
        {
            File.CreateSymbolicLink(name, Program);
        }

        return new Dictionary<string, string>(Own())
        {
            ["PATH"] = $"{bin}:{System.Environment.GetEnvironmentVariable("PATH")}",
        };
    }

    /// <summary>A program in a folder of its own, written in sh.</summary>
    public async Task<string> ProgramAsync(string name, string script)
    {
        var file = Path.Combine(System.IO.Directory.CreateDirectory(Path.Combine(Folder, "programs")).FullName, name);
        await File.WriteAllTextAsync(file, $"#!/bin/sh\n{script}\n", Cancel);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    public Task<CommandResult> RunAsync(params string[] arguments) => RunWithAsync("", arguments);

    /// <param name="input">What is sent on the standard input.</param>
    /// <param name="arguments">The words.</param>
    public async Task<CommandResult> RunWithAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndAsync(process, input);
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Own())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static async Task<CommandResult> EndAsync(Process process, string input = "")
    {
        var (output, error) = (
            process.StandardOutput.ReadToEndAsync(Cancel),
            process.StandardError.ReadToEndAsync(Cancel)
        );
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It wanted none and has ended.
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        await process.WaitForExitAsync(patience.Token);
        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>The token with another signature.</summary>
    public static string Forged(string token)
    {
        var at = token.LastIndexOf('.') + 10;
        return token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
    }

    /// <summary>Makes the stored access token expired, as time does.</summary>
    public async Task ExpireAsync(string profile = "default")
    {
        var state = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Session(profile), Cancel))!;
        state["expires_at"] = 1000;
        await File.WriteAllTextAsync(Session(profile), state.ToJsonString(), Cancel);
    }

    public void Dispose() => System.IO.Directory.Delete(Folder, recursive: true);

    private Dictionary<string, string> Own() =>
        new(Variables)
        {
            ["HOME"] = Folder,
            ["XDG_CONFIG_HOME"] = Path.Combine(Folder, "config"),
            ["XDG_STATE_HOME"] = Path.Combine(Folder, "state"),
        };

    private static bool IsOurs(string name) =>
        name.StartsWith("TURNSTONE_", StringComparison.Ordinal) || name is "NO_COLOR" or "BROWSER";
}
