using Turnstone.Bench.Subjects;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// A folder for one measurement, with a PostgreSQL in it where one is asked for; removed afterwards unless it is to be
/// kept.
/// </summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly bool kept;
    private Postgres? postgres;

    private ServerUnderTest(string folder, bool kept) => (Folder, this.kept) = (folder, kept);

    public string Folder { get; }

    public Postgres Postgres => postgres ?? throw new InvalidOperationException("This measurement has no PostgreSQL.");

    /// <param name="withPostgres">Whether it needs one.</param>
    /// <param name="keptAt">A folder to use and leave behind; null for one of its own.</param>
    public static async Task<ServerUnderTest> MakeAsync(bool withPostgres, string? keptAt = null)
    {
        var folder = keptAt is null
            ? System.IO.Directory.CreateTempSubdirectory("turnstone-bench.").FullName
            : System.IO.Directory.CreateDirectory(keptAt).FullName;

        // PostgreSQL, which is not root, has its own folder inside.
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var made = new ServerUnderTest(folder, keptAt is not null);
        made.postgres = withPostgres ? await Postgres.StartAsync(folder) : null;
        return made;
    }

    /// <summary>A server on either engine, over a new store.</summary>
    public async Task<TurnstoneServers> ServerAsync(string engine) =>
        engine == Engines.Sqlite
            ? await TurnstoneServers.StartAsync(Folder, engine, $"Data Source={Folder}/turnstone.db")
            : await TurnstoneServers.StartAsync(Folder, engine, await Postgres.NewDatabaseAsync("turnstone"));

    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }

        if (!kept)
        {
            System.IO.Directory.Delete(Folder, recursive: true);
        }
    }
}

/// <summary>The engines that are measured.</summary>
internal static class Engines
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary>Both, or the one that is asked for.</summary>
    public static IReadOnlyList<string> Asked(string[] args) =>
        args.Option("--engine") is { } one ? [one] : [Sqlite, Postgres];

    public static string NameOf(string engine) => engine == Sqlite ? "SQLite" : "PostgreSQL";
}
