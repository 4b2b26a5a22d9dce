using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Check;

/// <summary>The service as a client reaches it: its address, its certificate, and what the proxy forwards.</summary>
internal sealed class OutsideInspection(ServerSettings settings, TimeProvider time, Func<SeenByServer> seen)
    : Inspection("outside")
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(21);

    private readonly string issuer = settings.Turnstone.Issuer;

    private DateTimeOffset? certificateEnds;

    public override async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Note },
            }
        )
        {
            Timeout = LongestWait,
        };
        List<Finding> found = [];
        try
        {
            found.Add(await MetadataAsync(http, cancellationToken));
            found.AddRange(Certificate());
            found.Add(await HealthAsync(http, cancellationToken));
            found.AddRange(await ForwardedAsync(http, cancellationToken));
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            found.Add(
                Failed(
                    $"{issuer} cannot be reached from here: {(away.InnerException ?? away).Message}",
                    "Start the server and its proxy, and correct name and certificate; before that, check --offline."
                )
            );
        }

        return found;
    }

    // It is only noted here: the chain is judged as for every client.
    private bool Note(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors problems)
    {
        if (certificate is X509Certificate2 { NotAfter: var ends })
        {
            certificateEnds = ends;
        }

        return problems is SslPolicyErrors.None;
    }

    private async Task<Finding> MetadataAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var address = new Uri($"{issuer}/.well-known/openid-configuration");
        using var answer = await http.GetAsync(address, cancellationToken);
        if (answer.StatusCode is not HttpStatusCode.OK)
        {
            return Failed(
                $"{address} is answered {(int)answer.StatusCode}.",
                "Let the proxy pass every path to the server."
            );
        }

        var named = await IssuerOfAsync(answer, cancellationToken);
        return named == issuer
            ? Ok($"{address} names the issuer {issuer}.")
            : Failed(
                $"{address} names the issuer {named ?? "nobody"}, not {issuer}.",
                "Another service answers there, or the server runs with other settings: restart it."
            );
    }

    private static async Task<string?> IssuerOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            using var metadata = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            return metadata.RootElement.TryGetProperty("issuer", out var named) ? named.GetString() : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private IEnumerable<Finding> Certificate()
    {
        if (certificateEnds is not { } ends)
        {
            yield break;
        }

        var left = ends - time.GetUtcNow();
        var sentence = $"The certificate is valid until {ends:yyyy-MM-dd}.";
        yield return left < Soon ? Warning(sentence, "Renew it, and see that it is renewed by itself.") : Ok(sentence);
    }

    private async Task<Finding> HealthAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri($"{issuer}/health/ready"), cancellationToken);
        var text = (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim();
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => Ok("The server says that it is ready."),
            HttpStatusCode.ServiceUnavailable => Failed(
                $"The server is not ready: {text}",
                "docs/operations.md, What to monitor, says what each word means."
            ),
            var other => Warning(
                $"{issuer}/health/ready is answered {(int)other}.",
                "If the proxy hides it on purpose, nothing is to be done."
            ),
        };
    }

    private async Task<IEnumerable<Finding>> ForwardedAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, issuer + SeenByServer.Path);
        try
        {
            request.Headers.Add(SeenByServer.Header, seen().Ask());
        }
        catch (SettingsException)
        {
            return
            [
                Warning(
                    "What the proxy forwards can only be seen with the master key.",
                    "Put the key right, and look again."
                ),
            ];
        }

        using var answer = await http.SendAsync(request, cancellationToken);
        return answer.StatusCode is HttpStatusCode.OK
            ? Judge((await answer.Content.ReadFromJsonAsync(HostJson.Web.SeenRequest, cancellationToken))!)
            :
            [
                Warning(
                    $"What the proxy forwards could not be seen (status {(int)answer.StatusCode}).",
                    "The server at this address has another master key or an older version, or the proxy hides /health."
                ),
            ];
    }

    private IEnumerable<Finding> Judge(SeenRequest arrived)
    {
        var expected = new Uri(issuer);
        yield return arrived.Scheme == expected.Scheme
            ? Ok($"The server knows that clients use {arrived.Scheme}.")
            : Failed(
                $"The server takes these requests for {arrived.Scheme}: the portal cannot answer.",
                arrived.Forwarded
                    ? "Let the proxy send X-Forwarded-Proto with the client's scheme."
                    : "Name the proxy's address in Turnstone:Proxies:Trusted, and let it send X-Forwarded-Proto."
            );
        yield return arrived.Host.Equals(expected.Authority, StringComparison.OrdinalIgnoreCase)
            ? Ok($"The proxy forwards the host {arrived.Host}.")
            : Warning(
                $"The server is asked for the host {arrived.Host}, not {expected.Authority}.",
                "Let the proxy pass the Host header on (nginx: proxy_set_header Host $host)."
            );
        if (settings.Production && arrived.Forwarded)
        {
            yield return Ok($"The server sees the client's address: this request came from {arrived.Address}.");
        }
    }
}
