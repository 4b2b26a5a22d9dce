namespace Turnstone.Storage.Engines;

/// <summary>
/// Something done again and again beside the requests, which an unavailable store does not stop; ends with its owner.
/// </summary>
internal sealed class Background : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public Background(TimeSpan pause, TimeProvider time, Func<CancellationToken, Task> step) =>
        running = Task.Run(() => RunAsync(pause, time, step));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync(TimeSpan pause, TimeProvider time, Func<CancellationToken, Task> step)
    {
        try
        {
            while (true)
            {
                await TryAsync(step);
                await Task.Delay(pause, time, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
    }

    private async Task TryAsync(Func<CancellationToken, Task> step)
    {
        try
        {
            await step(stop.Token);
        }
#pragma warning disable CA1031 // whatever failed is tried again after the pause; nobody waits for it who could be told
        catch (Exception reason) when (reason is not OperationCanceledException || !stop.IsCancellationRequested)
#pragma warning restore CA1031
        { }
    }
}
