using Npgsql;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// The pool, and the settings that a store wants where the operator's connection string says nothing.
/// </summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;

    /// <param name="connectionString">The operator's.</param>
    /// <param name="most">How many connections at most; null: what the connection string says, or 20.</param>
    /// <param name="lockWait">How long a statement waits for a row that another transaction holds; null for as long as
    /// it may take at all.</param>
    public PostgresConnections(string connectionString, int? most = null, TimeSpan? lockWait = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Maximum Pool Size", () => settings.MaxPoolSize = 20);
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = 64);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);
        Default(settings, "Timeout", () => settings.Timeout = 5);
        Default(settings, "Command Timeout", () => settings.CommandTimeout = 30);
        Default(settings, "Keepalive", () => settings.KeepAlive = 15);
        Default(settings, "Application Name", () => settings.ApplicationName = "turnstone");
        Default(settings, "Host Recheck Seconds", () => settings.HostRecheckSeconds = 1);

        // Nothing here changes what belongs to the connection, so there is nothing to reset between two uses of it.
        Default(settings, "No Reset On Close", () => settings.NoResetOnClose = true);
        settings.MaxPoolSize = most ?? settings.MaxPoolSize;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        source = Source(settings, lockWait);
    }

    /// <exception cref="StoreUnavailableException">None was free, or none could be made, in time.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (NpgsqlException reason) when (reason.InnerException is TimeoutException)
        {
            // Not a failed connection: the ones in use are sound, and are kept.
            throw new StoreUnavailableException("No connection to the database was to be had in time.", reason)
            {
                Cause = UnavailableCause.ConnectionsTaken,
            };
        }
    }

    /// <summary>
    /// After a connection has failed the idle ones are as dead as it: the next call begins with a new one.
    /// </summary>
    public void ForgetAfter(Exception reason)
    {
        if (PostgresErrors.IsLost(reason))
        {
            source.Clear();
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings, TimeSpan? lockWait)
    {
        // Of several hosts the one that takes writes, whichever that is now: after a failover the other one. The
        // provider wants the wish apart from the string.
        var several = settings.Host?.Contains(',', StringComparison.Ordinal) is true;
        if (several)
        {
            settings.Remove("Target Session Attributes");
        }

        var builder = new NpgsqlDataSourceBuilder(settings.ToString());

        // A statement is planned once a connection. Planned while a table is new and small it would read all of it, and
        // go on so while it grows, until the statistics are next made: whatever is asked often has an index.
        var set =
            "SET enable_seqscan = off"
            + (lockWait is { } wait ? $"; SET lock_timeout = {(int)wait.TotalMilliseconds}" : "");
        builder.UsePhysicalConnectionInitializer(
            connection => Run(connection, set),
            connection => RunAsync(connection, set)
        );
        return several ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary) : builder.Build();
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static void Default(NpgsqlConnectionStringBuilder settings, string keyword, Action set)
    {
        // Not ContainsKey: for this builder that is every keyword it knows, given or not.
        if (!settings.Keys.Contains(keyword, StringComparer.OrdinalIgnoreCase))
        {
            set();
        }
    }
}
