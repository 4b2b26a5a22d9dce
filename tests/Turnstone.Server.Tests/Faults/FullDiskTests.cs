using Turnstone.Audit;
using Turnstone.Server.Tests.Operations;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The real program with its data on a real disk that fills to the last byte while clients log in and refresh: each contract says 503 in its own shape, nothing is half-written, and with room
/// again all go on, without a restart.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task On_a_full_disk_nothing_is_half_written_and_with_room_again_every_client_goes_on()
    {
        var disk = new SmallDisk(Data, megabytes: 16);
        var settings = await SettingsAsync($"Data Source={Data}/turnstone.db");
        await using var server = await ServerProcess.StartAsync(settings, folder, disk.Start);
        await using var traffic = new Traffic(server.Http);
        await traffic.StartAsync();
        await traffic.GoesOnAsync(times: 20);

        await traffic.IsRefusedAsync(times: 5, meanwhile: () => disk.Fill(server.Id));
        await CheckAnswersAsync(server.Http);

        disk.Free(server.Id);
        await traffic.GoesOnAsync(times: 20);
        await traffic.EndAsync();
        Assert.False(server.HasExited);

        // What was answered 503 left no trace: there is not one session or rotation more than the clients were told of.
        var copy = Path.Combine(folder, "copy.db");
        Assert.Equal(0, (await ServerProcess.RunAsync(folder, settings, words => SmallDisk.Join(server.Id, words), "backup", copy)).ExitCode);
        var (sessions, refreshes) = await CountAsync($"Data Source={copy}");
        Assert.Equal(traffic.Logins, sessions);
        Assert.Equal(traffic.Refreshes, refreshes);
    }

    private string Data => System.IO.Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    // So many logins of one key, and no early refusal, so that the test is about the disk.
    private async Task<Dictionary<string, string>> SettingsAsync(string database) => new()
    {
        ["ConnectionStrings:Turnstone"] = database,
        ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
        ["Turnstone:Limits:LoginsPerApiKey:Count"] = "1000000",
        ["Turnstone:Limits:RequestsPerCredential:Count"] = "1000000",
        ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
    };

    private static async Task CheckAnswersAsync(HttpClient http)
    {
        string[] contracts = ["auth-v2", "session-v3", "oauth2"];
        var answers = await Task.WhenAll(
            http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password),
            http.LoginV3Async(ProvisioningText.ApiKey),
            http.OAuth2TokenAsync(("grant_type", "client_credentials"), ("client_id", "shop"), ("client_secret", ProvisioningText.ClientSecret)));
        foreach (var (answer, contract) in answers.Zip(contracts))
        {
            await Golden.CheckAsync(answer, $"{contract}-503");
        }
    }

    /// <summary>How many sessions there are, each with the record of its login, and how often they were refreshed.</summary>
    private static async Task<(int Sessions, long Refreshes)> CountAsync(string connectionString)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var store = Store.Open(new StoreOptions { ConnectionString = connectionString }, TimeProvider.System, RandomSource.System);
        var logins = await store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.Login, Limit = int.MaxValue }, cancel);
        var sessions = await store.Sessions.ListAsync(SessionHolder.Account(logins[0].AccountId!.Value), int.MaxValue, cancel);
        Assert.Equal(sessions.Select(session => session.Id).ToHashSet(), logins.Select(login => login.SessionId!.Value).ToHashSet());
        return (sessions.Count, sessions.Sum(session => (long)session.Generation));
    }
}
