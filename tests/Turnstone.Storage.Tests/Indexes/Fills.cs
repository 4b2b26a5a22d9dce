using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Tests.Indexes;

/// <summary>What a server does behind the commits, with small runs.</summary>
internal sealed class Fills(Store store, TimeProvider time, IndexSource source, TestDatabase database)
{
    private const int RowsOfRun = 7;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task StepAsync() => new IndexFill(store.Engine, source, time, RowsOfRun).StepAsync(Cancel);

    public async Task AllAsync()
    {
        var fill = new IndexFill(store.Engine, source, time, RowsOfRun);
        while (await fill.StepAsync(Cancel)) { }
    }

    public async Task MergeAsync()
    {
        var merge = new IndexMerge(store.Engine, source, time, RowsOfRun);
        while (await merge.StepAsync(Cancel)) { }
    }

    /// <summary>All of a run is written but its last step, which makes it visible.</summary>
    public async Task KilledAsync()
    {
        var before = await StateAsync();
        await StepAsync();
        if (await StateAsync() is var after && after.NextRun > before.NextRun)
        {
            await store.Engine.WriteAsync(
                async db =>
                {
                    await db.ExecuteAsync(
                        "DELETE FROM index_runs WHERE source = $1 AND run = $2",
                        source.Number,
                        before.NextRun
                    );
                    await db.ExecuteAsync(
                        "UPDATE index_state SET position = $2 WHERE source = $1",
                        source.Number,
                        before.Position
                    );
                },
                Cancel
            );
        }
    }

    public Task<IndexState> StateAsync() => store.Engine.ReadAsync(source.StateAsync, Cancel);

    public Task<long> RunsAsync() =>
        database.NumberAsync($"SELECT COUNT(*) FROM index_runs WHERE run > 0 AND source = {source.Number}");

    public Task<long> RowsAsync(Guid holder) =>
        store.Engine.ReadAsync(
            db =>
                db.NumberAsync(
                    "SELECT COUNT(*) FROM index_rows WHERE source = $1 AND holder = $2",
                    source.Number,
                    holder
                ),
            Cancel
        );
}
