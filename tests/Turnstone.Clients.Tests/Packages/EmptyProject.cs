using System.Diagnostics;

namespace Turnstone.Clients.Tests.Packages;

/// <summary>A folder outside of the repository, in which a package is installed and used.</summary>
internal sealed class EmptyProject : IDisposable
{
    public string Folder { get; } = System.IO.Directory.CreateTempSubdirectory("turnstone-package-").FullName;

    public string PathOf(string file) => Path.Combine(Folder, file);

    public Task WriteAsync(string file, string text) => File.WriteAllTextAsync(PathOf(file), text);

    public string Make(string folder) => System.IO.Directory.CreateDirectory(PathOf(folder)).FullName;

    /// <summary>Runs a program there, with the server as the READMEs name it; answers what it wrote.</summary>
    public async Task<string> RunAsync(RealServer server, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TURNSTONE_URL"] = server.Address.ToString().TrimEnd('/');
        start.Environment["TURNSTONE_KEY"] = server.ApiKey;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var cancel = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        Assert.True(
            process.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output} {await error}"
        );
        return await output;
    }

    /// <summary>A copy of a client's folder, because installing it leaves files there.</summary>
    public string CopyOf(string client, string folder)
    {
        var from = Path.Combine(Repository.Root, "clients", client);
        var to = Make(folder);
        foreach (var file in System.IO.Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    public void Dispose() => System.IO.Directory.Delete(Folder, recursive: true);
}
