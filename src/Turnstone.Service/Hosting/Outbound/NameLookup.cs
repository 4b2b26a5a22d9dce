using System.Net;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>
/// Looks names up on threads of its own. The platform's lookup blocks one of the pool's, for as long as a name server
/// likes, and whoever may name a host could take them all.
/// </summary>
internal sealed class NameLookup(Func<string, IPAddress[]> resolve) : IDisposable
{
    private const int Most = 64;

    private readonly SemaphoreSlim places = new(Most);

    /// <exception cref="HttpRequestException">Too many are being looked up.</exception>
    public async Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        if (!await places.WaitAsync(0, CancellationToken.None))
        {
            throw new HttpRequestException("Too many names are being looked up.");
        }

        // The place is free when the thread is, however long ago the asker has gone.
        var lookup = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return resolve(host);
                }
                finally
                {
                    places.Release();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        return await lookup.WaitAsync(cancellationToken);
    }

    public void Dispose() => places.Dispose();
}
