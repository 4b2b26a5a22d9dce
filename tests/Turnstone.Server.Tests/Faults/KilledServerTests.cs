using System.Net;
using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The real program, killed (SIGKILL) in the middle of 2,000 refreshes over HTTP and started again on the same folder:
/// every answer that reached a client is there, and every client that repeats what it last sent goes on.
/// </summary>
public sealed class KilledServerTests
{
    private const int Clients = 20;
    private const int RefreshesEach = 100;
    private const int KilledAfter = 700;

    private int answered;

    [Fact]
    public async Task Every_answer_that_was_given_holds_and_every_client_goes_on()
    {
        var folder = ServerProcess.NewFolder();
        try
        {
            var clients = await RefreshUntilKilledAsync(folder);
            Assert.InRange(answered, KilledAfter, (Clients * RefreshesEach) - 1);

            await using var again = await ServerProcess.StartAsync(Quick, folder);
            foreach (var client in clients)
            {
                await client.ResumeAsync(again.Http);
                Assert.Equal(RefreshesEach, client.Done);
            }
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    // 20 logins of one key, no early refusal, and time to come back without keys: the test is about the kill.
    private static Dictionary<string, string> Quick { get; } =
        new()
        {
            ["Turnstone:Limits:LoginsPerApiKey:Count"] = "1000",
            ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
            ["Turnstone:Contracts:SessionV3:RetryWindowSeconds"] = "600",
        };

    private async Task<List<Client>> RefreshUntilKilledAsync(string folder)
    {
        await using var server = await ServerProcess.StartAsync(Quick, folder);
        var key = server.Output.Split("API_KEY='")[1].Split('\'')[0];
        var clients = new List<Client>();
        for (var i = 0; i < Clients; i++)
        {
            using var login = await server.Http.LoginV3Async(key);
            Assert.Equal(HttpStatusCode.OK, login.StatusCode);
            clients.Add(new Client((await login.JsonAsync()).GetProperty("refresh_token").GetString()!));
        }

        var running = clients
            .Select(client =>
                client.RunAsync(
                    server.Http,
                    () => Interlocked.Increment(ref answered) == KilledAfter ? server.KillAsync() : Task.CompletedTask
                )
            )
            .ToList();
        await Task.WhenAll(running);
        return clients;
    }

    /// <summary>
    /// A client as the tutorial asks for: it keeps the last refresh token it was given, and repeats a request that got
    /// no answer.
    /// </summary>
    private sealed class Client(string refreshToken)
    {
        private string last = refreshToken;

        public int Done { get; private set; }

        public async Task RunAsync(HttpClient http, Func<Task> afterEach)
        {
            try
            {
                while (Done < RefreshesEach)
                {
                    await RefreshAsync(http);
                    await afterEach();
                }
            }
            catch (HttpRequestException)
            {
                // The server is gone, and perhaps an answer with it.
            }
        }

        public async Task ResumeAsync(HttpClient http)
        {
            while (Done < RefreshesEach)
            {
                await RefreshAsync(http);
            }
        }

        private async Task RefreshAsync(HttpClient http)
        {
            using var answer = await http.RefreshV3Async(last);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            last = (await answer.JsonAsync()).GetProperty("refresh_token").GetString()!;
            Done++;
        }
    }
}
