using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Faults;
using Turnstone.Chaos.Proxy;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>Sessions whose tokens are bound to a key (RFC 9449): none is lost, and the key ends with them.</summary>
public sealed class BoundTests(BoundServer bound) : IClassFixture<BoundServer>
{
    private const string Userinfo = "/oauth2/userinfo";

    public static TheoryData<string> Clients => [.. RowRuns.Clients.Select(client => client.Name)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Lost_answers_and_a_killed_process_cost_a_bound_session_nothing(string client)
    {
        using var files = new StoredFiles();
        var before = bound.Proxy.Exchanges.Count;
        var credentials = await BoundClient.CredentialsAsync(bound.Server);
        using var first = await StartAsync(client, credentials, files.Folder);
        Assert.Null((await AskAsync(first, "token"))["error"]);
        var key = files.Key();
        Assert.NotNull(key);
        Assert.Equal(200, (int)(await AskAsync(first, "get"))["status"]!);

        bound.Faults.Add(RequestKind.Refresh, Fault.Parse("drop-answer"));
        Assert.Null((await AskAsync(first, "refresh"))["error"]);
        Assert.DoesNotContain(key, $"{(await AskAsync(first, "show"))["shown"]}", StringComparison.Ordinal);

        bound.Faults.Add(RequestKind.Refresh, Fault.Parse("hold-answer"));
        await first.TellAsync(Command("refresh"), Cancel);
        await bound.Proxy.HeldAsync(Cancel);
        await first.KillAsync();
        bound.Proxy.Release();
        using var second = await StartAsync(client, credentials, files.Folder);
        Assert.Null((await AskAsync(second, "refresh"))["error"]);
        Assert.Equal(200, (int)(await AskAsync(second, "get"))["status"]!);

        Assert.Equal(key, files.Key());
        await files.DoAsync("private");
        var passed = bound.Proxy.Exchanges.Skip(before).ToList();
        var refreshes = passed.Where(one => one.Kind is RequestKind.Refresh).ToList();
        Assert.True((4, 2) == (refreshes.Count, Keys(refreshes)), string.Join('\n', passed));
        Assert.Equal(1, Keys(passed.Where(one => one is { Kind: RequestKind.SignIn, Status: 200 })));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_copy_of_a_bound_session_with_its_key_is_found_out_and_the_key_ends_with_it(string client)
    {
        using var files = new StoredFiles();
        using var stolen = new StoredFiles();
        var credentials = await BoundClient.CredentialsAsync(bound.Server);
        using var owner = await StartAsync(client, credentials, files.Folder);
        Assert.Null((await AskAsync(owner, "token"))["error"]);

        files.CopyTo(stolen);
        using var thief = await StartAsync(client, credentials, stolen.Folder);
        Assert.Null((await AskAsync(thief, "refresh"))["error"]);

        var told = await AskAsync(owner, "refresh");
        Assert.Equal("SessionEnded token_reused", $"{told["error"]} {told["code"]}");
        Assert.Equal("SessionEnded", (string?)(await AskAsync(thief, "refresh"))["error"]);
        Assert.Null(files.Key());
    }

    private static int Keys(IEnumerable<Exchange> exchanges) => exchanges.Select(one => one.Key).Distinct().Count();

    private Task<ClientProcess> StartAsync(string client, Dictionary<string, string> credentials, string folder) =>
        ClientProcess.StartAsync(
            RowRuns.Clients.Single(one => one.Name == client),
            new ClientSettings(bound.Proxy.Address, "/oauth2", credentials, folder)
            {
                TimeoutSeconds = 60,
                PatienceSeconds = 60,
            }
        );

    private static async Task<JsonObject> AskAsync(ClientProcess process, string what)
    {
        await process.TellAsync(Command(what), Cancel);
        return await process.AnswerAsync();
    }

    private static JsonObject Command(string what) => new() { ["do"] = what, ["path"] = Userinfo };
}
