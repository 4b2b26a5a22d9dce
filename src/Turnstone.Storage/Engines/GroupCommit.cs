using System.Threading.Channels;

namespace Turnstone.Storage.Engines;

/// <summary>
/// Group commit: writers queue, a loop takes what is waiting, commits it as one transaction and answers all. Under load
/// the batch grows and the cost of a commit is shared; when idle a batch is one write and nobody waits for company.
/// </summary>
internal sealed class GroupCommit<T> : IAsyncDisposable
    where T : Pending
{
    private readonly Channel<T> queue;
    private readonly int largestBatch;
    private readonly Func<IReadOnlyList<T>, Task> commit;
    private readonly StorageMetrics metrics;
    private readonly SilentTimes silent;
    private readonly Task[] loops;

    public GroupCommit(
        StoreOptions options,
        int loops,
        StorageMetrics metrics,
        SilentTimes silent,
        Func<IReadOnlyList<T>, Task> commit
    )
    {
        queue = Channel.CreateBounded<T>(options.QueueCapacity);
        largestBatch = options.LargestBatch;
        this.commit = commit;
        (this.metrics, this.silent) = (metrics, silent);
        this.loops = [.. Enumerable.Range(0, loops).Select(_ => Task.Run(LoopAsync))];
    }

    public int Waiting => queue.Reader.Count;

    /// <summary>Takes it in, or, with the queue full, fails it: at once, never a wait without end.</summary>
    public void Add(T item)
    {
        if (!queue.Writer.TryWrite(item))
        {
            item.Fail(StorageMetrics.Overloaded());
        }
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await Task.WhenAll(loops);
    }

    private async Task LoopAsync()
    {
        var batch = new List<T>(largestBatch);
        while (await queue.Reader.WaitToReadAsync())
        {
            Gather(batch);
            if (batch.Count > 0)
            {
                await CommitAsync(batch);
                batch.Clear();
            }
        }
    }

    private void Gather(List<T> batch)
    {
        while (batch.Count < largestBatch && queue.Reader.TryRead(out var item))
        {
            if (item.Abandoned)
            {
                item.Fail(new OperationCanceledException());
            }
            else if (item.Late)
            {
                item.Fail(StorageMetrics.Overloaded());
            }
            else
            {
                batch.Add(item);
            }
        }
    }

    private async Task CommitAsync(List<T> batch)
    {
        using var measured = metrics.Batch(batch.Count);
        var began = silent.Now;
        try
        {
            await commit(batch);
            silent.Answered();
        }
#pragma warning disable CA1031 // whatever went wrong is the answer of everyone in the batch; the loop serves the next
        catch (Exception reason)
#pragma warning restore CA1031
        {
            if (reason is StoreUnavailableException)
            {
                silent.Failed(began);
            }

            foreach (var item in batch)
            {
                item.Fail(reason);
            }
        }
    }
}
