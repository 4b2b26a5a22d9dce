using System.Globalization;
using System.Reflection;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage;

/// <summary>How far the store's tables are, and how far this server's are.</summary>
/// <param name="Applied">The version the store is at; 0 for an empty one.</param>
/// <param name="Known">The newest version that this server knows.</param>
public sealed record MigrationStatus(long Applied, long Known)
{
    public long Pending => Math.Max(0, Known - Applied);
}

/// <summary>
/// Brings the store's tables to the version that this server knows: numbered files, each applied once, in order, under
/// a lock.
/// </summary>
public sealed class StoreMigrations
{
    private readonly Engine engine;
    private readonly TimeProvider time;

    internal StoreMigrations(Engine engine, TimeProvider time) => (this.engine, this.time) = (engine, time);

    /// <summary>
    /// Applies what is missing, all of it or nothing, and answers how many files that were. Nodes that start together
    /// take turns.
    /// </summary>
    /// <exception cref="StoreTooNewException">The store is ahead of this server.</exception>
    public Task<int> ApplyAsync(CancellationToken cancellationToken) =>
        engine.AloneAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY, "
                        + "name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
                );
                var files = Files();
                var applied = await VersionAsync(db);
                Require(applied, files[^1].Version);
                var pending = files.FindAll(file => file.Version > applied);
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
                        time.GetUtcNow()
                    );
                }

                return pending.Count;
            },
            cancellationToken
        );

    /// <summary>Where it stands, changing nothing; also where there is no database yet.</summary>
    public async Task<MigrationStatus> StatusAsync(CancellationToken cancellationToken) =>
        new(
            await engine.HasTablesAsync(cancellationToken)
                ? await engine.ReadAsync(VersionAsync, cancellationToken)
                : 0,
            Files()[^1].Version
        );

    /// <summary>Refuses a store that is ahead of this server.</summary>
    /// <exception cref="StoreTooNewException">It is.</exception>
    private static void Require(long applied, long known)
    {
        if (applied > known)
        {
            throw new StoreTooNewException(applied, known);
        }
    }

    private static Task<long> VersionAsync(Db db) =>
        db.NumberAsync("SELECT COALESCE(MAX(version), 0) FROM schema_versions");

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
