using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>
/// Another program that holds the write lock of a server's database: to the server its store is away.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteTransaction transaction;

    private StoreLock(SqliteConnection connection) =>
        (this.connection, transaction) = (connection, connection.BeginTransaction(deferred: false));

    public static async Task<StoreLock> TakeAsync(TurnstoneServer server)
    {
        var connection = new SqliteConnection(
            server.Services.GetRequiredService<ServerSettings>().Database.ConnectionString
        );
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return new StoreLock(connection);
    }

    public void Dispose()
    {
        transaction.Dispose();
        connection.Dispose();
    }
}
