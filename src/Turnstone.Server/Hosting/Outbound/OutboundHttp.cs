using System.Net;
using System.Net.Sockets;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>Where requests of the server's own may go.</summary>
/// <param name="Anywhere">Also to addresses that are not public, and without TLS: for Development.</param>
public sealed record OutboundRules(bool Anywhere)
{
    public static OutboundRules Of(ServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(!settings.Production);
    }
}

/// <summary>
/// Requests to addresses that a client has given. Such an address must not lead into the server's own network: the name
/// is resolved once, every address of it has to be public, the connection goes to what was resolved, and no redirect is
/// followed. One takes five seconds at most, and nothing of the answer is read but its status.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly OutboundRules rules;
    private readonly HttpClient http;

    public OutboundHttp(OutboundRules rules)
    {
        this.rules = rules;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = ConnectAsync,
                ConnectTimeout = Longest,
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = 0,

                // A name may lead elsewhere by the next time.
                PooledConnectionLifetime = TimeSpan.Zero,
            }
        )
        {
            Timeout = Longest,
        };
    }

    /// <summary>Posts a form; answers the status.</summary>
    /// <exception cref="HttpRequestException">It could not be sent, or may not go there.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<HttpStatusCode> PostAsync(
        string uri,
        IEnumerable<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        if (
            !Uri.TryCreate(uri, UriKind.Absolute, out var target)
            || !(target.Scheme == Uri.UriSchemeHttps || (rules.Anywhere && target.Scheme == Uri.UriSchemeHttp))
        )
        {
            throw new HttpRequestException("The address is not https.");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, target)
        {
            Content = new FormUrlEncodedContent(form),
        };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return answer.StatusCode;
    }

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        if (addresses.Length == 0 || !(rules.Anywhere || Array.TrueForAll(addresses, PublicAddress.Is)))
        {
            throw new HttpRequestException("The address is not a public one.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
