using System.Net.Http.Json;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Hosting;

public sealed class ProxyTests
{
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.9")]
    [InlineData("127.0.0.0/8", "203.0.113.9")]
    [InlineData("192.0.2.1", "127.0.0.1")]
    [InlineData(null, "127.0.0.1")]
    public async Task The_forwarded_address_is_believed_from_a_named_proxy_and_from_nobody_else(
        string? trusted,
        string recorded
    )
    {
        var settings = new Dictionary<string, string>();
        if (trusted is not null)
        {
            settings["Turnstone:Proxies:Trusted:0"] = trusted;
        }

        await using var server = await InProcess.ServeAsync(settings: settings);
        using var login = new HttpRequestMessage(HttpMethod.Post, "/v3/auth/login")
        {
            Content = JsonContent.Create(new { api_key = "unknown" }),
        };
        login.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var answer = await server.Http.SendAsync(login, TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)answer.StatusCode);

        await using var store = Store.Open(
            new StoreOptions { ConnectionString = $"Data Source={server.Folder}/data/turnstone.db" },
            TimeProvider.System,
            RandomSource.System
        );
        var entries = await store.Audit.ReadAsync(
            new AuditQuery { Event = AuditEvent.LoginFailed },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(recorded, Assert.Single(entries).Caller.Network);
    }
}
