using System.Globalization;

namespace Turnstone.Storage.Tests;

/// <summary>
/// Every migration since the last release leaves the servers of that release working; <c>bench/upgrade</c> runs them.
/// </summary>
public sealed class MigrationRulesTests
{
    private static readonly long Released = ReadReleased();

    private static IEnumerable<string> SinceTheRelease =>
        typeof(Store)
            .Assembly.GetManifestResourceNames()
            .Where(name => long.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture) > Released)
            .Order(StringComparer.Ordinal);

    /// <summary>Just after a release there is none.</summary>
    [Fact]
    public void A_migration_since_the_release_only_adds()
    {
        var rules = new MigrationRules(Released);
        Assert.Empty(
            SinceTheRelease.SelectMany(migration =>
            {
                using var reader = new StreamReader(typeof(Store).Assembly.GetManifestResourceStream(migration)!);
                return rules.Broken(reader.ReadToEnd()).Select(broken => $"{migration}: {broken}").ToList();
            })
        );
    }

    [Fact]
    public void A_table_that_was_made_since_the_release_may_get_rows()
    {
        var rules = new MigrationRules(Released);
        Assert.Empty(rules.Broken("CREATE TABLE things (id BIGINT NOT NULL)"));
        Assert.Empty(rules.Broken("INSERT INTO things (id) VALUES (1)"));
        Assert.Single(rules.Broken("INSERT INTO counters (name, number) VALUES ('mark', 1)"));
    }

    [Theory]
    [InlineData("CREATE TABLE things (id {bytes} NOT NULL PRIMARY KEY); CREATE UNIQUE INDEX one ON things (id)")]
    [InlineData("CREATE TABLE things (id BIGINT NOT NULL); INSERT INTO things (id) VALUES (1)")]
    [InlineData("-- Why; not.\nALTER TABLE clients ADD COLUMN level BIGINT NOT NULL DEFAULT 0")]
    [InlineData("ALTER TABLE clients ADD COLUMN note TEXT; CREATE INDEX noted ON clients (note)")]
    public void What_adds_is_allowed(string sql) => Assert.Empty(new MigrationRules(Released).Broken(sql));

    [Theory]
    [InlineData("DROP TABLE codes", "Only new tables")]
    [InlineData("ALTER TABLE sessions DROP COLUMN replays", "Only new tables")]
    [InlineData("ALTER TABLE sessions RENAME COLUMN replays TO again", "Only new tables")]
    [InlineData("DROP INDEX audit_of_client", "Only new tables")]
    [InlineData("UPDATE sessions SET replays = 0", "Only new tables")]
    [InlineData("DELETE FROM audit", "Only new tables")]
    [InlineData("{marks}", "Only new tables")]
    [InlineData("ALTER TABLE clients ADD COLUMN level BIGINT NOT NULL", "A column that may not be null")]
    [InlineData("ALTER TABLE clients ADD COLUMN level BIGINT UNIQUE", "A constraint")]
    [InlineData("CREATE UNIQUE INDEX named ON clients (name)", "A unique index")]
    [InlineData("INSERT INTO counters (name, number) VALUES ('mark', 1)", "Rows in a table that is in use")]
    [InlineData("CREATE TABLE things (id BIGINT); DROP TABLE codes", "Only new tables")]
    public void What_a_server_of_the_release_cannot_live_with_is_refused_with_the_reason(string sql, string reason) =>
        Assert.StartsWith(reason, Assert.Single(new MigrationRules(Released).Broken(sql)), StringComparison.Ordinal);

    [Fact]
    public void What_the_release_does_not_use_any_more_is_taken_away_by_a_migration_that_requires_the_release()
    {
        var rules = new MigrationRules(Released);

        Assert.Empty(rules.Broken($"{Requiring(Released)}; ALTER TABLE sessions DROP COLUMN replays"));
        Assert.StartsWith(
            $"It requires servers of version {Released + 1}",
            Assert.Single(rules.Broken($"{Requiring(Released + 1)}; ALTER TABLE sessions DROP COLUMN replays")),
            StringComparison.Ordinal
        );
    }

    private static string Requiring(long version) =>
        $"INSERT INTO counters (name, number) VALUES ('{StoreMigrations.Required}', {version})\n"
        + "    ON CONFLICT (name) DO UPDATE SET number = excluded.number";

    private static long ReadReleased() =>
        long.Parse(
            File.ReadLines(Path.Combine(AppContext.BaseDirectory, "previous"))
                .First(line => !line.StartsWith('#'))
                .Split(' ')[1],
            CultureInfo.InvariantCulture
        );
}
