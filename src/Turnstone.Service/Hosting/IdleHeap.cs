using Turnstone.Credentials.Passwords;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Gives memory back once a rush is over. The collector runs only while something is allocated, so what a rush or the
/// start has left would stay for as long as little happens.
/// </summary>
public sealed class IdleHeap(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var watch = new HeapWatch();
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Also in a rush: fresh memory for one hash in five seconds costs nothing that is seen.
                HashMemory.OfProcess.GiveBack();
                if (watch.IsDue(GC.GetTotalAllocatedBytes()))
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops. A start that fails would have it in its log.
        }
    }
}

/// <summary>
/// When a heap is worth compacting: little was allocated since it was last looked at, and much since it was compacted.
/// </summary>
public sealed class HeapWatch
{
    public const long Quiet = 1024 * 1024;
    public const long Worth = 8 * Quiet;

    private long seen;
    private long compacted;

    /// <param name="allocated">What was allocated since the start, in bytes.</param>
    public bool IsDue(long allocated)
    {
        var busy = allocated - seen > Quiet;
        seen = allocated;
        if (busy || allocated - compacted < Worth)
        {
            return false;
        }

        compacted = allocated;
        return true;
    }
}
