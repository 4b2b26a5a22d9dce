using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Tests;

/// <summary>
/// A store with the customers of <see cref="Known"/>, made once by a real first start and copied for each test: making
/// RSA keys and hashing passwords for every one of hundreds of servers would take longer than the tests.
/// </summary>
internal static class StoreTemplate
{
    private static readonly Lazy<Task<string>> Template = new(MakeAsync);

    /// <summary>A new folder with a copy of it.</summary>
    public static async Task<string> CopyAsync()
    {
        var template = await Template.Value;
        var folder = NewFolder();
        foreach (var file in System.IO.Directory.GetFiles(template))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    private static async Task<string> MakeAsync()
    {
        var folder = NewFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(folder, recursive: true);
        using var log = new WrittenLog();
        await using (
            var app = TurnstoneServer.Build(
                folder,
                new FakeMachineClock(TurnstoneServer.Start),
                log,
                [],
                services => services.AddSingleton<IPreparationStep, Known>()
            )
        )
        {
            MasterKeys.EnsureMade(
                app.Services.GetRequiredService<ServerSettings>(),
                app.Services.GetRequiredService<RandomSource>()
            );
            await app.StartAsync(CancellationToken.None);
            await app.StopAsync(CancellationToken.None);
        }

        return folder;
    }

    private static string NewFolder() => System.IO.Directory.CreateTempSubdirectory("turnstone-test-").FullName;
}
