using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;
using Turnstone.Clients.Tests.Behaviours;

namespace Turnstone.Clients.Tests.Golden;

public sealed class GoldenServerTests(GoldenServer server) : IClassFixture<GoldenServer>
{
    private static readonly Dictionary<string, string> Credentials = new()
    {
        ["code"] = "a-code",
        ["username"] = "ada",
        ["password"] = "secret",
        ["subscription_key"] = "0123456789abcdef0123456789abcdef",
        ["api_key"] = "a-key",
        ["client_id"] = "shop",
        ["client_secret"] = "secret",
        ["redirect_uri"] = "http://127.0.0.1/callback",
    };

    private static readonly string[] Contracts = ["/auth/v1", "/auth/v2", "/v1/oauth", "/v3", "/oauth2"];

    public static TheoryData<string, string, GoldenAnswers> Providers =>
        [
            .. from client in RowRuns.Clients
            from contract in Contracts
            from answers in Enum.GetValues<GoldenAnswers>()
            where answers is not GoldenAnswers.OnlyExpiresAt
            select new TheoryDataRow<string, string, GoldenAnswers>(client.Name, contract, answers),
        ];

    public static TheoryData<string> Clients => [.. RowRuns.Clients.Select(client => client.Name)];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Opens_refreshes_and_hears_of_the_end(string client, string contract, GoldenAnswers answers)
    {
        var (address, provider) = server.Open(contract, answers);
        using var process = await StartAsync(client, address, contract);

        Assert.Equal("access-1", await AskAsync(process, "token"));
        Assert.Equal("access-2", await AskAsync(process, "refresh"));
        Assert.Equal("access-3", await AskAsync(process, "refresh"));
        provider.End();

        // Whoever has a password or a key signs in again; a code opens one session.
        var again = contract is "/auth/v2" or "/v3";
        Assert.Equal(again ? "access-4" : "SessionEnded", await AskAsync(process, "refresh"));
        Assert.Equal((again ? 2 : 1, 2), (provider.SignIns, provider.Refreshes));
        Assert.Empty(provider.Wrong);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_end_without_a_zone_is_in_UTC(string client)
    {
        var (address, provider) = server.Open("/auth/v2", GoldenAnswers.OnlyExpiresAt);

        // West of Greenwich a local reading of it would lie in the future, east of it in the past.
        using var process = await StartAsync(client, address, "/auth/v2", "env", "TZ=Asia/Tokyo");
        Assert.Equal("access-1", await AskAsync(process, "token"));
        Assert.Equal("access-1", await AskAsync(process, "token"));
        Assert.Equal((1, 0), (provider.SignIns, provider.Refreshes));
    }

    private Task<ClientProcess> StartAsync(string client, Uri address, string contract, params string[] within)
    {
        var program = RowRuns.Clients.Single(one => one.Name == client);
        return ClientProcess.StartAsync(
            new ClientProgram(client, [.. within, .. program.Words]),
            new ClientSettings(address, contract, Credentials, server.NewFolder())
        );
    }

    private static async Task<string?> AskAsync(ClientProcess process, string command)
    {
        await process.TellAsync(new JsonObject { ["do"] = command }, TestContext.Current.CancellationToken);
        var answer = await process.AnswerAsync();
        return (string?)(answer["token"] ?? answer["error"]);
    }
}
