using System.Net;
using System.Net.Sockets;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>
/// Requests to addresses that a client has given. Such an address must not lead into the server's own network: the name
/// is resolved once, every address of it has to be public, the connection goes to what was resolved, and no redirect is
/// followed. One takes five seconds at most.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly OutboundRules rules;
    private readonly NameLookup names;

    // Many servers never ask anybody anything.
    private readonly Lazy<HttpClient> http;

    public OutboundHttp(OutboundRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        (this.rules, names) = (rules, new NameLookup(rules.Resolve));
        http = new Lazy<HttpClient>(Client);
    }

    /// <summary>Posts a form; answers the status, and reads nothing else of the answer.</summary>
    /// <exception cref="HttpRequestException">It could not be sent, or may not go there.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<HttpStatusCode> PostAsync(
        string uri,
        IEnumerable<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Target(uri))
        {
            Content = new FormUrlEncodedContent(form),
        };
        using var answer = await http.Value.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken
        );
        return answer.StatusCode;
    }

    /// <summary>Gets a JSON document; the time for it includes its last byte.</summary>
    /// <exception cref="HttpRequestException">It could not be had, or may not be asked there.</exception>
    /// <exception cref="IOException">The answer broke off.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    internal async Task<OutboundDocument> GetAsync(string uri, CancellationToken cancellationToken)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(rules.Longest);
        using var request = new HttpRequestMessage(HttpMethod.Get, Target(uri));
        request.Headers.Accept.Add(new("application/json"));
        using var answer = await http.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, inTime.Token);
        return await OutboundDocument.ReadAsync(answer, inTime.Token);
    }

    /// <summary>Whether it may be asked at all; where its name leads is seen when it is.</summary>
    public bool Takes(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var target)
        && target.UserInfo.Length == 0
        && (target.Scheme == Uri.UriSchemeHttps || (rules.Anywhere && target.Scheme == Uri.UriSchemeHttp));

    public void Dispose()
    {
        if (http.IsValueCreated)
        {
            http.Value.Dispose();
        }

        names.Dispose();
    }

    private HttpClient Client()
    {
        var made = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = ConnectAsync,
                ConnectTimeout = rules.Longest,
                MaxResponseHeadersLength = 16,
                MaxResponseDrainSize = 0,

                // Whoever answers need not know which of our requests he answers.
                ActivityHeadersPropagator = null,

                // A name may lead elsewhere by the next time.
                PooledConnectionLifetime = TimeSpan.Zero,
            }
        )
        {
            Timeout = rules.Longest,
        };
        made.DefaultRequestHeaders.UserAgent.Add(new("Turnstone", null));
        return made;
    }

    private Uri Target(string uri) =>
        Takes(uri) ? new Uri(uri) : throw new HttpRequestException("The address is not https.");

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var addresses = await names.FindAsync(context.DnsEndPoint.Host, cancellationToken);
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
