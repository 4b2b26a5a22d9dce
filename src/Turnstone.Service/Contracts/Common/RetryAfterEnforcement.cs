using Microsoft.AspNetCore.Connections.Features;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// Who was answered 503, asks again on the same connection before a second is over, and is answered 503 again, is not
/// listened to until it is: what he sends waits in his connection. To refuse costs two fifths of a refresh, nearly all
/// of it sockets and HTTP, so clients that ask at once again and again would have the machine refuse and do little
/// else. Who waits as he was told notices nothing, and no answer comes later: the connection rests after it.
/// </summary>
internal sealed class RetryAfterEnforcement(TurnstoneSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(1);

    // What is behind the connection of a proxy is many callers, and not one who was told.
    private readonly bool watched = settings.Proxies.Trusted.Count == 0;

    /// <summary>Takes notice of an answer that was 503.</summary>
    public void Refused(HttpContext context)
    {
        // The streams of HTTP/2 do not wait for each other, and those that rest would count against its connection.
        if (
            !watched
            || !HttpProtocol.IsHttp11(context.Request.Protocol)
            || context.Features.Get<IConnectionItemsFeature>() is not { Items: var ofConnection }
        )
        {
            return;
        }

        if (ofConnection.TryGetValue(this, out var before) && time.GetElapsedTime((long)before!) < Told)
        {
            context.Response.OnCompleted(() => RestAsync(ofConnection, context.RequestAborted));
        }

        ofConnection[this] = time.GetTimestamp();
    }

    private async Task RestAsync(IDictionary<object, object?> ofConnection, CancellationToken closed)
    {
        await Task.Delay(Told, time, closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ofConnection[this] = time.GetTimestamp();
    }
}
