using System.Buffers.Text;
using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Server.Tests.Operations;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The real program on real files: a copy of the store is taken, sessions are opened, refreshed and ended, the server
/// is killed, and the copy is put back.
/// </summary>
public abstract class JournalRestoreTests : IAsyncLifetime
{
    private const string OtherKey = "another API key that was given";

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected string Folder { get; } = ServerProcess.NewFolder();

    protected Dictionary<string, string> Settings { get; } =
        new()
        {
            ["Turnstone:Limits:LoginsPerApiKey:Count"] = "1000",
            ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
        };

    public virtual async ValueTask InitializeAsync()
    {
        await ServerProcess.InitAsync(Folder, Settings);
        var other = $$"""{ "name": "other", "key": "{{OtherKey}}", "scopes": ["individuals.read"] }""";
        var text = ProvisioningText.Text.Replace(
            "\"apiKeys\": [",
            $"\"apiKeys\": [ {other},",
            StringComparison.Ordinal
        );
        await DoneAsync("apply", await ProvisioningText.WriteAsync(Folder, text));
    }

    public virtual ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task With_the_journal_no_session_and_no_revocation_is_lost()
    {
        Pair kept,
            reused,
            byCommand,
            lateByCommand,
            late,
            ofKey;
        await using (var server = await ServerProcess.StartAsync(Settings, Folder))
        {
            (kept, reused, byCommand, ofKey) = (
                await LoginAsync(server),
                await LoginAsync(server),
                await LoginAsync(server),
                await LoginAsync(server, OtherKey)
            );
        }

        var copy = await CopyAsync();

        await using (var server = await ServerProcess.StartAsync(Settings, Folder))
        {
            (late, lateByCommand) = (await LoginAsync(server), await LoginAsync(server));
            kept = (await RefreshAsync(server, (await RefreshAsync(server, kept))!))!;
            var stolen = reused;
            reused = (await RefreshAsync(server, (await RefreshAsync(server, reused))!))!;
            Assert.Null(await RefreshAsync(server, stolen));
            await DoneAsync("revoke", "--session", byCommand.Session);

            // Its answer is given, and the process is gone.
            await server.KillAsync();
        }

        await DoneAsync("revoke", "--session", lateByCommand.Session);
        await DoneAsync("api-key", "revoke", await OtherKeyIdAsync());
        await PutBackAsync(copy);

        await using var again = await ServerProcess.StartAsync(Settings, Folder);
        Assert.Contains("4 revocations are written again", again.Output + again.Error, StringComparison.Ordinal);
        foreach (var ended in new[] { reused, byCommand, lateByCommand, ofKey })
        {
            Assert.Null(await RefreshAsync(again, ended));
            Assert.False(await IsGoodAsync(again, ended));
        }

        foreach (var live in new[] { kept, late })
        {
            Assert.NotNull(await RefreshAsync(again, live));
            Assert.True(await IsGoodAsync(again, live));
        }

        var forgot = await ForgotAsync();
        Assert.Contains(forgot, detail => detail.Contains("4 revocations written again", StringComparison.Ordinal));
        Assert.Contains(
            forgot,
            detail => detail.StartsWith("all of ApiKey ended again: CredentialRevoked", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Without_the_journal_no_session_is_lost_and_what_was_revoked_is_said_to_be_unknown()
    {
        Settings["Turnstone:Storage:Journal"] = "none";
        Pair late;

        // The keys that sign are made by the first start.
        await using (await ServerProcess.StartAsync(Settings, Folder)) { }
        var copy = await CopyAsync();

        await using (var server = await ServerProcess.StartAsync(Settings, Folder))
        {
            late = await LoginAsync(server);
            await server.KillAsync();
        }

        await PutBackAsync(copy);

        await using var again = await ServerProcess.StartAsync(Settings, Folder);
        Assert.NotNull(await RefreshAsync(again, late));
        await Turnstone.Nodes.Cluster.Until.HoldsAsync(
            async () =>
                (await ForgotAsync()).Any(detail => detail.Contains("no journal is kept", StringComparison.Ordinal)),
            "the audit says what is not known"
        );
    }

    [Fact]
    public async Task A_session_that_the_store_has_forgotten_is_ended_by_command_too()
    {
        Pair late;

        // The keys that sign are made by the first start.
        await using (await ServerProcess.StartAsync(Settings, Folder)) { }
        var copy = await CopyAsync();

        await using (var server = await ServerProcess.StartAsync(Settings, Folder))
        {
            late = await LoginAsync(server);
        }

        await PutBackAsync(copy);

        Assert.Contains(
            "would end",
            await DoneAsync("revoke", "--session", late.Session, "--preview"),
            StringComparison.Ordinal
        );
        Assert.Contains("has ended", await DoneAsync("revoke", "--session", late.Session), StringComparison.Ordinal);

        await using var again = await ServerProcess.StartAsync(Settings, Folder);
        Assert.Null(await RefreshAsync(again, late));
        Assert.False(await IsGoodAsync(again, late));
    }

    /// <summary>The server is stopped or killed before: nobody is connected.</summary>
    protected abstract Task<string> CopyAsync();

    protected abstract Task PutBackAsync(string copy);

    protected async Task<string> DoneAsync(params string[] words)
    {
        var done = await ServerProcess.RunAsync(Folder, Settings, words);
        Assert.True(done.ExitCode == 0, done.Error);
        return done.Output;
    }

    private async Task<string> OtherKeyIdAsync() =>
        (string)
            JsonNode
                .Parse(await DoneAsync("api-key", "list", "--account", ProvisioningText.Email, "--json"))!
                .AsArray()
                .Single(key => (string)key!["name"]! == "other")!["id"]!;

    private async Task<IReadOnlyList<string>> ForgotAsync() =>
        [
            .. JsonNode
                .Parse(await DoneAsync("audit", "--event", "StoreForgot", "--json"))!
                .AsArray()
                .Select(entry => (string?)entry!["detail"] ?? ""),
        ];

    private static async Task<Pair> LoginAsync(ServerProcess server, string key = ProvisioningText.ApiKey)
    {
        using var answer = await server.Http.LoginV3Async(key);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await PairAsync(answer);
    }

    private static async Task<Pair?> RefreshAsync(ServerProcess server, Pair pair)
    {
        using var answer = await server.Http.RefreshV3Async(pair.Refresh);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"{answer.StatusCode}");
        return answer.IsSuccessStatusCode ? await PairAsync(answer) : null;
    }

    private static async Task<bool> IsGoodAsync(ServerProcess server, Pair pair)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", pair.Access);
        return answer.IsSuccessStatusCode;
    }

    private static async Task<Pair> PairAsync(HttpResponseMessage answer)
    {
        var body = await answer.JsonAsync();
        var access = body.GetProperty("access_token").GetString()!;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(access.Split('.')[1]))!;
        return new(access, body.GetProperty("refresh_token").GetString()!, (string)claims["sid"]!);
    }

    private sealed record Pair(string Access, string Refresh, string Session);
}

public sealed class Journal_restore_on_SQLite : JournalRestoreTests
{
    private string Database => Path.Combine(Folder, "data", "turnstone.db");

    [Fact]
    public async Task A_journal_that_cannot_be_kept_is_a_sentence_at_the_start()
    {
        Settings["Turnstone:Storage:Journal"] = Path.Combine(Folder, "provision.json", "journal");

        var refused = await ServerProcess.RunAsync(Folder, Settings, "serve");

        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("Turnstone:Storage:Journal is the folder", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_others_can_read_is_refused()
    {
        var journal = System.IO.Directory.CreateDirectory(Path.Combine(Folder, "journal")).FullName;
        File.SetUnixFileMode(journal, File.GetUnixFileMode(journal) | UnixFileMode.OtherRead);
        Settings["Turnstone:Storage:Journal"] = journal;

        var refused = await ServerProcess.RunAsync(Folder, Settings, "serve");

        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("chmod 700", refused.Error, StringComparison.Ordinal);
    }

    protected override async Task<string> CopyAsync()
    {
        var copy = Path.Combine(Folder, "copy.db");
        await DoneAsync("backup", copy);
        return copy;
    }

    protected override Task PutBackAsync(string copy)
    {
        File.Delete($"{Database}-wal");
        File.Delete($"{Database}-shm");
        File.Copy(copy, Database, overwrite: true);
        return Task.CompletedTask;
    }
}

public sealed class Journal_restore_on_PostgreSQL : JournalRestoreTests
{
    private readonly PostgresServer postgres = new();
    private readonly List<string> made = [];

    public override async ValueTask InitializeAsync()
    {
        made.Add(await postgres.CreateDatabaseAsync());
        Settings["ConnectionStrings:Turnstone"] = made[0];
        Settings["Turnstone:MasterKey"] = Convert.ToBase64String(RandomSource.System.Bytes(32));
        Settings["Turnstone:Storage:Journal"] = Path.Combine(Folder, "journal of this node");
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var database in made)
        {
            await postgres.DropDatabaseAsync(database);
        }

        await postgres.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async Task<string> CopyAsync()
    {
        await postgres.CutConnectionsAsync(made[0]);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                made.Add(await postgres.CreateDatabaseAsync(PostgresServer.NameOf(made[0])));
                return made[^1];
            }
            catch (Npgsql.PostgresException busy)
                when (busy.SqlState == Npgsql.PostgresErrorCodes.ObjectInUse && attempt < 50)
            {
                await postgres.CutConnectionsAsync(made[0]);
            }
        }
    }

    protected override Task PutBackAsync(string copy)
    {
        Settings["ConnectionStrings:Turnstone"] = copy;
        return Task.CompletedTask;
    }
}
