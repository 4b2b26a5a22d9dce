namespace Turnstone.Server.Tests;

/// <summary>
/// A store and its key as <c>init</c> makes them, made once and copied for each test.
/// </summary>
internal static class MadeStore
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    public static async Task CopyAsync(string folder)
    {
        var made = Path.Combine(await Made.Value, "data");
        var data = System.IO.Directory.CreateDirectory(Path.Combine(folder, "data"), File.GetUnixFileMode(made));
        foreach (var file in System.IO.Directory.GetFiles(made))
        {
            File.Copy(file, Path.Combine(data.FullName, Path.GetFileName(file)));
        }
    }

    private static async Task<string> MakeAsync()
    {
        var folder = ServerProcess.NewFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(folder, recursive: true);
        var made = await InProcess.RunAsync(folder, null, "init");
        Assert.True(made.ExitCode == 0, made.Error);
        return folder;
    }
}
