using Microsoft.Extensions.Logging;

namespace Turnstone.Storage.Engines;

/// <summary>
/// Something done again and again beside the requests, which an unavailable store does not stop; ends with its owner.
/// That it fails is logged when it begins to, and when it works again.
/// </summary>
internal sealed class Background : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly string name;
    private readonly ILogger log;
    private readonly Task running;
    private bool failing;

    /// <param name="name">What the log calls it.</param>
    /// <param name="pause">The pause after each step.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where failures go.</param>
    /// <param name="step">The step. One that does not end by itself says that it works by calling what it is
    /// given.</param>
    public Background(
        string name,
        TimeSpan pause,
        TimeProvider time,
        ILogger log,
        Func<Action, CancellationToken, Task> step
    )
    {
        (this.name, this.log) = (name, log);
        running = Task.Run(() => RunAsync(pause, time, step));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync(TimeSpan pause, TimeProvider time, Func<Action, CancellationToken, Task> step)
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

    private async Task TryAsync(Func<Action, CancellationToken, Task> step)
    {
        try
        {
            await step(Works, stop.Token);
            Works();
        }
#pragma warning disable CA1031 // whatever failed is tried again after the pause; nobody waits for it who could be told
        catch (Exception reason) when (reason is not OperationCanceledException || !stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Fails(reason);
        }
    }

    private void Works()
    {
        if (failing)
        {
            failing = false;
            log.BackgroundWorks(name);
        }
    }

    private void Fails(Exception reason)
    {
        if (!failing)
        {
            failing = true;
            log.BackgroundFails(reason, name);
        }
    }
}
