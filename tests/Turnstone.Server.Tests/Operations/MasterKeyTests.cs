using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Operations;

public sealed class MasterKeyTests : IDisposable
{
    // Written here rather than made by the server: 1 pair of random keys in 256 shares an id and is refused.
    private const string First = "dGhlIGZpcnN0IG1hc3RlciBrZXksIDMyIGJ5dGVzISE=";
    private const string Fresh = "YSBuZXcgbWFzdGVyIGtleSBvZiAzMiBieXRlcyEhISE=";

    private readonly string folder = ServerProcess.NewFolder();

    public MasterKeyTests()
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        WriteKeys(First);
    }

    [Fact]
    public async Task With_the_new_key_before_the_old_one_every_client_goes_on()
    {
        var settings = new Dictionary<string, string>
        {
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
        };
        string refreshToken;
        await using (var before = await InProcess.ServeAsync(folder, settings))
        {
            refreshToken = await TokenAsync(
                before,
                "login",
                new { username = ProvisioningText.Email, password = ProvisioningText.Password }
            );
        }

        WriteKeys(Fresh, First);
        await using var after = await InProcess.ServeAsync(folder, settings);
        var renewed = await TokenAsync(after, "refresh", new { token = refreshToken });
        Assert.NotEqual(refreshToken[..10], renewed[..10]);
        Assert.NotEqual(renewed, await TokenAsync(after, "refresh", new { token = renewed }));
    }

    [Fact]
    public async Task Without_the_old_key_the_server_refuses_to_start_and_says_what_is_missing()
    {
        await ServerProcess.InitAsync(folder);
        Assert.Equal(0, (await InProcess.RunAsync(folder, null, "keys", "rotate")).ExitCode);
        WriteKeys(Fresh);
        var refused = await InProcess.RunAsync(folder, null);
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("add the master key", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private string KeyFile => Path.Combine(folder, "data", "master.key");

    private void WriteKeys(params string[] keys)
    {
        File.WriteAllLines(KeyFile, keys);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<string> TokenAsync(InProcess server, string call, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/v2/{call}")
        {
            Content = JsonContent.Create(body),
        };
        request.Headers.Add("Subscription-Key", ProvisioningText.SubscriptionKey);
        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)answer.StatusCode);
        return (string)
            (await answer.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["refresh"]![
                "token"
            ]!;
    }
}
