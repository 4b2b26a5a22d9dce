using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Turnstone.Audit;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Hosting;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>What is read of the log does not tell whether it has been sealed.</summary>
public sealed partial class SealedRecordTests
{
    private static readonly string[] Read =
    [
        "/portal/activity",
        "/portal/activity?handler=Csv",
        "/portal/activity?handler=Json",
        "/portal/admin/audit",
        "/portal/admin/audit/export?format=csv",
        "/portal/admin/audit/export?format=json",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_and_exports_are_the_same_byte_for_byte_before_and_after_sealing()
    {
        // Without its background tasks nothing is sealed before the test has it sealed.
        await using var server = await PortalServer.StartAsync(services: all => all.RemoveHosted<Upkeep>());
        await server.ChangeAsync(Known.Email, account => account.Administrator = true);
        using var administrator = await Visitor.SignedInAsync(server);
        await AttemptAsync(server);

        Assert.NotEqual(0, await WaitingAsync(server));
        var before = await AllAsync(administrator);
        await server.Of<AuditSeal>().SealAsync(_ => DateTimeOffset.UnixEpoch, Cancel);

        Assert.Equal(0, await WaitingAsync(server));
        Assert.Equal(before, await AllAsync(administrator));
        Assert.All(before, text => Assert.Contains("127.0.0.1", text, StringComparison.Ordinal));
    }

    /// <summary>Something of every chain: what opened, what was refused and what somebody did.</summary>
    private static async Task AttemptAsync(TurnstoneServer server)
    {
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(TimeSpan.FromSeconds(1));
            using var password = await server.Http.LoginV2Async();
            using var key = await server.Http.LoginV3Async();
            using var refused = await server.Http.LoginV2Async(password: "not the password");
        }
    }

    private static async Task<List<string>> AllAsync(Visitor visitor)
    {
        List<string> all = [];
        foreach (var path in Read)
        {
            using var answer = await visitor.GetAsync(path);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            all.Add($"{path} {(int)answer.StatusCode}\n{FormToken().Replace(text, "")}");
        }

        return all;
    }

    private static async Task<long> WaitingAsync(TurnstoneServer server)
    {
        await using var connection = new SqliteConnection(server.Database);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM audit";
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    // Each form has one of its own in each page.
    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"[^\"]+\"")]
    private static partial Regex FormToken();
}
