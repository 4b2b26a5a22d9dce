using System.Diagnostics;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// Runs what a reader of docs/operations.md pastes. Only the machine around it is the test's: a folder in place of the
/// documented ones, and programs of a few lines in place of those that would change this machine.
/// </summary>
internal sealed class PastedShell : IDisposable
{
    private readonly List<(string Documented, string Ours)> places = [];

    public PastedShell()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(Machine, "bin"));
        Stub(
            "install",
            """
            words=()
            while (($#)); do case $1 in -o | -g) shift 2 ;; *) words+=("$1"); shift ;; esac; done
            exec /usr/bin/install "${words[@]}"
            """
        );
    }

    public string Machine { get; } = ServerProcess.NewFolder();

    /// <summary>Variables beside those of a test run, which reach nothing that is pasted.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Of(string name) => Path.Combine(Machine, name);

    /// <summary>Stands for a documented folder, file or address from now on.</summary>
    public void Replace(string documented, string ours) => places.Add((documented, ours));

    /// <summary>A program in front of the system's own.</summary>
    public void Stub(string name, string text)
    {
        var file = Path.Combine(Machine, "bin", name);
        File.WriteAllText(file, $"#!/usr/bin/env bash\n{Ours(text)}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Ours(string text) =>
        places.Aggregate(text, (done, one) => done.Replace(one.Documented, one.Ours, StringComparison.Ordinal));

    /// <summary>Runs a text to its end.</summary>
    public async Task<CommandResult> RunAsync(string text, string? folder = null)
    {
        var start = new ProcessStartInfo("bash", ["-c", Ours(text)])
        {
            WorkingDirectory = folder ?? Machine,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(ServerProcess.IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["PATH"] =
            $"{Path.Combine(Machine, "bin")}:{System.Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        var cancel = TestContext.Current.CancellationToken;
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(cancel), shell.StandardError.ReadToEndAsync(cancel));
        await shell.WaitForExitAsync(cancel);
        return new(shell.ExitCode, await output, await error);
    }

    /// <summary>Runs a text that has to succeed, and answers what it wrote.</summary>
    public async Task<string> SucceedsAsync(string text, string? folder = null)
    {
        var done = await RunAsync(text, folder);
        Assert.True(done.ExitCode == 0, $"{text} ended with {done.ExitCode}: {done.Output} {done.Error}");
        return done.Output;
    }

    public void Dispose() => System.IO.Directory.Delete(Machine, recursive: true);
}
