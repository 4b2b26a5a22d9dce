using System.Diagnostics;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Gateways;

/// <summary>A server that other people wrote, in the foreground, with a folder of its own.</summary>
internal sealed class ForeignProgram : IDisposable
{
    private Process? process;

    public string Folder { get; } = ServerProcess.NewFolder();

    public int Id => process!.Id;

    public string Of(string name) => Path.Combine(Folder, name);

    public void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process?.Dispose();
        System.IO.Directory.Delete(Folder, recursive: true);
    }
}
