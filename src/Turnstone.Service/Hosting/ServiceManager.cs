using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Tells systemd (<c>Type=notify</c>, sd_notify(3)) when this server serves and when it stops. A service that is only
/// started is not yet one that answers. Without <c>NOTIFY_SOCKET</c> nothing is sent.
/// </summary>
public sealed class ServiceManager(
    TurnstoneSettings settings,
    IHostApplicationLifetime lifetime,
    ILogger<ServiceManager> log
) : IHostedLifecycleService, IDisposable
{
    // What the store may take to write its counts and to close, after the last request.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(30);

    private CancellationTokenRegistration stopping;

    /// <summary>Called once everything has started, the sockets that clients connect to among it.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Tell("READY=1");

        // Before the drain, which is the first thing that a stop waits for. The unit cannot know the settings, so it
        // is told how long the stop may take.
        stopping = lifetime.ApplicationStopping.Register(() =>
        {
            var most = TimeSpan.FromSeconds(settings.DrainSeconds + settings.ShutdownSeconds) + Closing;
            Tell(string.Create(CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={most.Ticks / 10}"));
        });
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => stopping.Dispose();

    private void Tell(string message)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 0 } path)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

            // A name that begins with @ is not a file (unix(7)).
            _ = socket.SendTo(
                Encoding.ASCII.GetBytes(message),
                new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path)
            );
        }
        catch (SocketException reason)
        {
            log.ServiceManagerNotTold(reason.Message);
        }
    }
}
