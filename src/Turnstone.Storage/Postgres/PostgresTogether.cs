using Npgsql;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// Statements that are sent together. Each is run when the one before it has ended, and sees what was committed until
/// then.
/// </summary>
internal sealed class PostgresTogether
{
    private readonly List<Part> parts = [];

    /// <summary>Adds a statement; completes when all have been run.</summary>
    /// <param name="command">The statement, whose parameters are taken.</param>
    /// <param name="read">Reads its rows; null for one that has none.</param>
    public Task AddAsync(NpgsqlCommand command, Func<NpgsqlDataReader, Task>? read)
    {
        var statement = new NpgsqlBatchCommand(command.CommandText);
        NpgsqlParameter[] values = [.. command.Parameters.Cast<NpgsqlParameter>()];
        command.Parameters.Clear();
        foreach (var value in values)
        {
            statement.Parameters.Add(value);
        }

        var part = new Part(statement, read);
        parts.Add(part);
        return part.Done.Task;
    }

    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (parts.Count == 0)
        {
            return;
        }

        try
        {
            await ReadAsync(connection, cancellationToken);
        }
#pragma warning disable CA1031 // each has to be told; whoever waits for them throws it
        catch (Exception reason)
#pragma warning restore CA1031
        {
            parts.ForEach(part => part.Done.SetException(reason));
            return;
        }

        parts.ForEach(part => part.Done.SetResult());
    }

    private async Task ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        parts.ForEach(part => batch.BatchCommands.Add(part.Statement));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        // What has no rows is passed over; and only who asks for the next is told that a later one has failed.
        foreach (var part in parts)
        {
            if (part.Read is { } read)
            {
                await read(reader);
                await reader.NextResultAsync(cancellationToken);
            }
        }

        while (await reader.NextResultAsync(cancellationToken))
        {
        }
    }

    private sealed record Part(NpgsqlBatchCommand Statement, Func<NpgsqlDataReader, Task>? Read)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
