using System.Diagnostics;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// What one node does for all: it dies in the middle of it and another takes over, and nothing is done twice.
/// </summary>
internal static class Elections
{
    private const int Expired = 3000;

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        yield return await SweepAsync(place);
        yield return await CalendarAsync(place);
    }

    /// <summary>
    /// A trigger makes each removal slow, so that there is a middle of it, and notes it: what a killed node had not
    /// committed is noted by nobody.
    /// </summary>
    private static async Task<Findings> SweepAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "clean-up, elected node killed",
            Done =
                $"{Expired} sessions long expired; of 3 nodes the one that holds the advisory lock ended by "
                + "SIGKILL in the middle of removing them",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(
            place,
            postgres.ConnectionString,
            3,
            each: i =>
                new() { ["ConnectionStrings:Turnstone"] = $"{postgres.ConnectionString};Application Name=node{i + 1}" }
        );
        await PrepareAsync(postgres);
        var waited = await Until.HoldsAsync(
            async () => await postgres.NumberAsync("SELECT count(*) FROM swept") > 0,
            TimeSpan.FromSeconds(70),
            "a node removes what is dead"
        );
        var leader = (await LeadersAsync(postgres)).Single();
        await deployment.Nodes.Single(node => node.Name == leader).KillAsync();
        var killed = Stopwatch.StartNew();
        var atDeath = await postgres.NumberAsync("SELECT count(*) FROM swept");
        var most = 0;
        var took = await Until.HoldsAsync(
            async () =>
            {
                most = Math.Max(most, (await LeadersAsync(postgres)).Count);
                return await postgres.NumberAsync("SELECT count(*) FROM swept") > atDeath;
            },
            TimeSpan.FromSeconds(75),
            "another node goes on"
        );
        await Until.HoldsAsync(
            async () =>
            {
                most = Math.Max(most, (await LeadersAsync(postgres)).Count);
                return await postgres.NumberAsync("SELECT count(*) FROM sessions WHERE subject = 'expired'") == 0;
            },
            TimeSpan.FromSeconds(75),
            "all is removed"
        );
        var (rows, different, by) = (
            await postgres.NumberAsync("SELECT count(*) FROM swept"),
            await postgres.NumberAsync("SELECT count(DISTINCT id) FROM swept"),
            await postgres.TextsAsync("SELECT node || ' ' || count(*) FROM swept GROUP BY node ORDER BY node")
        );
        findings.Figure(
            $"first removal {waited.TotalSeconds:0.0} s after they were there; "
                + $"another node went on {took.TotalSeconds:0.0} s after the kill, "
                + $"all gone after {killed.Elapsed.TotalSeconds:0.0} s; removed by {string.Join(", ", by)}"
        );
        findings.Must("another node takes over within 65 s (a round a minute)", took <= TimeSpan.FromSeconds(65));
        findings.Must($"each of {Expired} sessions was removed once", rows == Expired && different == Expired);
        findings.Must("never two nodes held the lead", most == 1);
        return findings;
    }

    private static async Task<Findings> CalendarAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "key calendar, several nodes at once",
            Done =
                "4 nodes started at once on an empty store; then every key made old, one node killed, "
                + "and 3 started at once with the successors due",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using (var first = await Deployment.StartAsync(place, postgres.ConnectionString, 4))
        {
            findings.Must(
                "a first start of 4 nodes makes 2 keys",
                await postgres.NumberAsync("SELECT count(*) FROM signing_keys") == 2
            );
            var day = 24L * 3600 * 1_000_000;
            await postgres.ExecuteAsync(
                $"UPDATE signing_keys SET signs_from = signs_from - {90 * day}, "
                    + $"published_at = published_at - {90 * day}"
            );
            await first.Nodes[3].KillAsync();
            await Task.WhenAll(first.Nodes.Take(3).Select(node => node.StopAsync()));
            foreach (var node in first.Nodes.Take(3))
            {
                first.Start(node);
            }

            await Task.WhenAll(first.Nodes.Take(3).Select(node => node.ReadyAsync()));
            var made = await postgres.TextsAsync(
                "SELECT algorithm || ' ' || count(*) FROM signing_keys GROUP BY algorithm ORDER BY algorithm"
            );
            var entries = (await postgres.RecordedAsync(AuditEvent.SigningKeyCreated)).Count;
            findings.Figure($"keys: {string.Join(", ", made)}; {entries} audit entries");
            findings.Must("each due key was made once", made is ["ES256 2", "RS256 2"]);
        }

        return findings;
    }

    private static async Task PrepareAsync(PostgresServer postgres)
    {
        await postgres.ExecuteAsync("CREATE TABLE swept (id bytea, node text)");
        await postgres.ExecuteAsync(
            """
            CREATE FUNCTION note_swept() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM pg_sleep(0.002);
              INSERT INTO swept VALUES (OLD.id, current_setting('application_name'));
              RETURN OLD;
            END $$
            """
        );
        await postgres.ExecuteAsync(
            "CREATE TRIGGER swept BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION note_swept()"
        );
        await postgres.ExecuteAsync(
            $"""
            INSERT INTO sessions (id, contract, grant_kind, subject, scopes, refreshable, generation, created_at,
              advanced_at, access_expires_at, refresh_expires_at, replays, last_used_at, opened_network, version,
              longest_access)
            SELECT decode(md5(i::text), 'hex'), 'auth', 'Password', 'expired', '', 1, 1, 1, 1, 1, 1, 0, 1, '', 1, 1
            FROM generate_series(1, {Expired}) AS i
            """
        );
    }

    /// <summary>The names of the nodes whose connections hold the advisory lock of the upkeep.</summary>
    private static Task<List<string>> LeadersAsync(PostgresServer postgres) =>
        postgres.TextsAsync(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
                + "WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32) + l.objid::bigint = "
                + 0x7475726E_0002
        );
}
