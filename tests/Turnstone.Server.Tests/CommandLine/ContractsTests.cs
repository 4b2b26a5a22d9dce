using System.Text.Json;
using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>Every verb, with a session of every contract.</summary>
public sealed class ContractsTests
{
    public static TheoryData<string> Contracts => new(CliServer.Contracts);

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Every_verb_serves_a_session_of_every_contract(string contract)
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();

        var login = Done(await server.LoginAsync(home, contract));
        Assert.Contains($"Signed in at {server.Url()} ({contract}), profile default.", login, StringComparison.Ordinal);
        var token = Done(await home.RunAsync("token")).Trim();
        Assert.Equal(3, token.Split('.').Length);
        Assert.Equal("The token is good: the server says so.\n", Done(await home.RunAsync("validate")));
        Assert.StartsWith(
            "Genuine: the server's key has signed it",
            Done(await home.RunAsync("inspect")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"individuals\"",
            Done(await home.RunAsync("curl", "/v3/individuals")),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "The access token is good.\nThe session stands.",
            Done(await home.RunAsync("why")),
            StringComparison.Ordinal
        );
        Assert.Single(
            Done(await home.RunAsync("sessions")).Trim('\n').Split('\n'),
            line => line.StartsWith("* ", StringComparison.Ordinal)
        );

        await AssertRefreshesAsync(home, contract, token);

        var session = Assert.Single(await server.SessionsAsync());
        Assert.Contains("Logged out", Done(await home.RunAsync("logout")), StringComparison.Ordinal);
        Assert.Empty(await server.SessionsAsync());
        Assert.Equal(contract is "/v3" ? 0u : 1u, session.Generation);
        var after = await home.RunAsync("token");
        Assert.Equal((3, ""), (after.ExitCode, after.Output));
        Assert.Contains("There is no session in the profile default.", after.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(home.Session()));
        Assert.False(File.Exists(Path.Combine(home.State, "secrets", "default.json")));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Every_verb_speaks_JSON(string contract)
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        var login = Json(await server.LoginAsync(home, contract, "--json"));
        Assert.Equal(contract, (string)login["contract"]!);

        Assert.Equal("Bearer", (string)Json(await home.RunAsync("token", "--json"))["token_type"]!);
        Assert.True((bool)Json(await home.RunAsync("validate", "--json"))["good"]!);
        Assert.True((bool)Json(await home.RunAsync("inspect", "--json"))["genuine"]!);
        Assert.Equal(200, (int)Json(await home.RunAsync("curl", "/v3/individuals", "--json"))["status"]!);
        Assert.Equal("live", (string)Json(await home.RunAsync("why", "--json"))["state"]!);
        Assert.True((bool)Json(await home.RunAsync("sessions", "--json"))["sessions"]![0]!["this"]!);
        await AssertRefreshSpeaksJsonAsync(home, contract);
        Assert.Equal("default", (string)Json(await home.RunAsync("profiles", "use", "default", "--json"))["current"]!);
        Assert.Equal("open", (string)Json(await home.RunAsync("profiles", "--json"))[0]!["session"]!);
        Assert.Contains(
            "complete -F",
            (string)Json(await home.RunAsync("completion", "bash", "--json"))["script"]!,
            StringComparison.Ordinal
        );
        var doctor = JsonNode.Parse((await home.RunAsync("doctor", "--json")).Output)!;
        Assert.Contains("keys", doctor["findings"]!.AsArray().Select(one => (string)one!["check"]!));
        Assert.True((bool)Json(await home.RunAsync("logout", "--json"))["ended_at_server"]!);
        var refused = await home.RunAsync("token", "--json");
        Assert.Equal("no_session", ErrorOf(refused));
        Assert.Equal(
            "default",
            (string)Json(await home.RunAsync("profiles", "remove", "default", "--json"))["removed"]!
        );
        Assert.Empty(Json(await home.RunAsync("profiles", "--json")).AsArray());
    }

    private static async Task AssertRefreshSpeaksJsonAsync(CliHome home, string contract)
    {
        var before = (string)Json(await home.RunAsync("token", "--json"))["access_token"]!;
        var refreshed = await home.RunAsync("refresh", "--json");
        if (contract is "/v3")
        {
            Assert.Equal((69, "refresh_too_early"), (refreshed.ExitCode, ErrorOf(refreshed)));
            return;
        }

        Assert.Equal("default", (string)Json(refreshed)["profile"]!);
        var after = Json(await home.RunAsync("token", "--json"));
        Assert.Equal((string)after["expires_at"]!, (string)Json(refreshed)["expires_at"]!);
        Assert.NotEqual(before, (string)after["access_token"]!);
    }

    private static string? ErrorOf(CommandResult result) =>
        JsonDocument.Parse(result.Error).RootElement.GetProperty("error").GetString();

    /// <summary>The contract of API keys refreshes nothing before its time.</summary>
    private static async Task AssertRefreshesAsync(CliHome home, string contract, string token)
    {
        var refreshed = await home.RunAsync("refresh");
        if (contract is "/v3")
        {
            Assert.Equal((69, ""), (refreshed.ExitCode, refreshed.Output));
            Assert.Contains("does not refresh it yet", refreshed.Error, StringComparison.Ordinal);
            return;
        }

        Assert.StartsWith("Renewed.", Done(refreshed), StringComparison.Ordinal);
        Assert.NotEqual(token, Done(await home.RunAsync("token")).Trim());
    }

    private static JsonNode Json(CommandResult result) => JsonNode.Parse(Done(result))!;

    private static string Done(CommandResult result)
    {
        Assert.True(result.ExitCode == 0, $"{result.ExitCode}: {result.Output}{result.Error}");
        return result.Output;
    }
}
