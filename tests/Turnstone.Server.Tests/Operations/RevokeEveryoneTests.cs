using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Operations;

/// <summary>The operator signs everybody out beside a running server.</summary>
public sealed class RevokeEveryoneTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task Every_token_dies_and_whoever_has_a_credential_gets_new_ones()
    {
        var settings = new Dictionary<string, string>
        {
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
        };
        await using var server = await ServerProcess.StartAsync(settings, folder);
        using var login = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        var refreshToken = await login.RefreshOfSetAsync();
        using var keyLogin = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        var (user, program) = (await AccessAsync(keyLogin), await ProgramAsync(server));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, user));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, program));

        var ended = await InProcess.RunAsync(
            folder,
            settings,
            "revoke",
            "--everyone",
            "--keep-credentials",
            "--reason",
            "the key file was on a lost laptop",
            "--json"
        );

        var told = JsonNode.Parse(ended.Output)!;
        Assert.Null(told["ended"]);
        Assert.True((bool)told["more"]!);
        using var refresh = await server.Http.RefreshV2Async(refreshToken);
        Assert.Equal("session_revoked", Assert.Single(refresh.Headers.GetValues("Error-Code")));
        await BecomesAsync(HttpStatusCode.Unauthorized, () => Task.FromResult(user));
        await BecomesAsync(HttpStatusCode.Unauthorized, () => Task.FromResult(program));

        using var again = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, await AccessAsync(again)));
        await BecomesAsync(HttpStatusCode.OK, () => ProgramAsync(server));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, program));

        Task BecomesAsync(HttpStatusCode expected, Func<Task<string>> token) =>
            Until.HoldsAsync(
                async () => await StatusAsync(server, await token()) == expected,
                TimeSpan.FromSeconds(10),
                $"a token is answered {expected}"
            );
    }

    [Theory]
    [InlineData("--everyone")]
    [InlineData("--everyone", "--reason", " ")]
    [InlineData("--everyone", "--client", "shop", "--reason", "test")]
    public async Task Nobody_is_signed_out_without_a_reason_or_by_a_slip(params string[] words)
    {
        var refused = await InProcess.RunAsync(folder, null, ["revoke", .. words]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private static async Task<string> AccessAsync(HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("access_token").GetString()!;

    private static async Task<string> ProgramAsync(ServerProcess server)
    {
        using var answer = await server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", "shop"),
            ("client_secret", ProvisioningText.ClientSecret)
        );
        return await AccessAsync(answer);
    }

    private static async Task<HttpStatusCode> StatusAsync(ServerProcess server, string token)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);
        return answer.StatusCode;
    }
}
