using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>
/// A node that is told to stop answers 503 at <c>/health/ready</c> and keeps serving until the load balancer has taken
/// it out of rotation. Only then does it close its sockets. Otherwise requests sent to a closing socket would fail.
/// </summary>
public sealed class Drain(TurnstoneSettings settings, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>Called when the node is told to stop, before any other service stops.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromSeconds(settings.DrainSeconds), time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
