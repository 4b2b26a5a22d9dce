using System.Globalization;
using System.Reflection;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

/// <summary>How far the store's tables are, and how far this server's are.</summary>
/// <param name="Applied">The version the store is at; 0 for an empty one.</param>
/// <param name="Known">The newest version that this server knows.</param>
/// <param name="Required">The lowest version that a server has to know to serve from the store.</param>
public sealed record MigrationStatus(long Applied, long Known, long Required = 0)
{
    public long Pending => Math.Max(0, Known - Applied);

    /// <summary>Whether this program may serve from the store, once nothing is pending.</summary>
    public bool Served => Required <= Known;
}

/// <summary>
/// Brings the store's tables to the version that this server knows: numbered files, each applied once, in order, under
/// a lock.
/// </summary>
public sealed class StoreMigrations
{
    /// <summary>The counter whose number is the lowest version that a server has to know.</summary>
    internal const string Required = "required version";

    private static readonly long Newest = Files()[^1].Version;

    private readonly Engine engine;
    private readonly TimeProvider time;

    internal StoreMigrations(Engine engine, TimeProvider time) => (this.engine, this.time) = (engine, time);

    /// <summary>
    /// Applies what is missing, all of it or nothing, and answers how many files that were. Nodes that start together
    /// take turns.
    /// </summary>
    /// <exception cref="StoreTooNewException">The store has been migrated further than this server can
    /// serve.</exception>
    public Task<int> ApplyAsync(CancellationToken cancellationToken) =>
        engine.AloneAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY, "
                        + "name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
                );
                var files = Files();
                var status = await StatusAsync(db);
                Require(status);
                var now = time.GetUtcNow();
                var pending = files.FindAll(file => file.Version > status.Applied);
                foreach (var (version, name, sql) in pending)
                {
                    await db.ExecuteAsync(
                        engine.Words.Aggregate(
                            sql,
                            (text, word) => text.Replace($"{{{word.Key}}}", word.Value, StringComparison.Ordinal)
                        )
                    );
                    await db.ExecuteAsync(
                        "INSERT INTO schema_versions (version, name, applied_at) VALUES ($1, $2, $3)",
                        version,
                        name,
                        now
                    );
                }

                return pending.Count;
            },
            cancellationToken
        );

    /// <summary>Where it stands, changing nothing; also where there is no database yet.</summary>
    public async Task<MigrationStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var status = await engine.HasTablesAsync(cancellationToken)
            ? await engine.ReadAnySchemaAsync(StatusAsync, cancellationToken)
            : new MigrationStatus(0, Newest);
        engine.Schema.Note(status);
        return status;
    }

    /// <summary>Refuses a store that this program may not serve from.</summary>
    /// <exception cref="StoreTooNewException">It may not.</exception>
    public static void Require(MigrationStatus status)
    {
        if (!status.Served)
        {
            throw new StoreTooNewException(status);
        }
    }

    // A migration that takes something away says in a counter which version a server has to know from then on.
    private static async Task<MigrationStatus> StatusAsync(Db db) =>
        new(
            await db.NumberAsync("SELECT COALESCE(MAX(version), 0) FROM schema_versions"),
            Newest,
            await db.TableExistsAsync("counters")
                ? await db.NumberAsync($"SELECT COALESCE(MAX(number), 0) FROM counters WHERE name = '{Required}'")
                : 0
        );

    private static List<(long Version, string Name, string Sql)> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Order(StringComparer.Ordinal)
                .Select(name => (Number(name), name, Text(assembly, name))),
        ];
    }

    // 0001_foundation
    private static long Number(string name) =>
        long.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
