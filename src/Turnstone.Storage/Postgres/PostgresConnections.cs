using Npgsql;

namespace Turnstone.Storage.Postgres;

/// <summary>The pool, and the settings that a store wants where the operator's connection string says nothing.</summary>
internal sealed class PostgresConnections : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;

    public PostgresConnections(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default(settings, "Maximum Pool Size", () => settings.MaxPoolSize = 20);
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = 64);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);
        Default(settings, "Timeout", () => settings.Timeout = 5);
        Default(settings, "Command Timeout", () => settings.CommandTimeout = 30);
        Default(settings, "Keepalive", () => settings.KeepAlive = 15);
        Default(settings, "Application Name", () => settings.ApplicationName = "turnstone");
        source = NpgsqlDataSource.Create(settings);
    }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => source.OpenConnectionAsync(cancellationToken);

    /// <summary>After a connection has failed the idle ones are as dead as it: the next call begins with a new one.</summary>
    public void ForgetAfter(Exception reason)
    {
        if (reason is NpgsqlException and not PostgresException or PostgresException { SqlState: ['5', '7', ..] } or IOException)
        {
            source.Clear();
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private static void Default(NpgsqlConnectionStringBuilder settings, string keyword, Action set)
    {
        if (!settings.ContainsKey(keyword))
        {
            set();
        }
    }
}
