using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>
/// A node that is told to stop first says so at <c>/health/ready</c> and goes on serving, until the load balancer has
/// taken it out; only then does it close its sockets. Without it the requests that the balancer sends to a closing
/// socket fail.
/// </summary>
public sealed class Drain(TurnstoneSettings settings, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>Called when the node is told to stop, before anything of it stops.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromSeconds(settings.DrainSeconds), time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
