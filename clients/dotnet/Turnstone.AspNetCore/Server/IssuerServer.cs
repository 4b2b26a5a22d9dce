using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Turnstone.AspNetCore.Server;

/// <summary>The issuer does not say what has to be known: nobody can tell whether the request is good.</summary>
internal sealed class IssuerAwayException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the client is told.</summary>
    public GuardRefusal Refusal { get; init; } = GuardRefusal.Away;
}

/// <summary>The requests to the issuer.</summary>
internal sealed class IssuerServer : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;

    private readonly TurnstoneOptions options;
    private readonly HttpClient http;
    private readonly AuthenticationHeaderValue? proof;

    public IssuerServer(TurnstoneOptions options)
    {
        this.options = options;
        var handler = options.Handler ?? new SocketsHttpHandler { AllowAutoRedirect = false };
        http = new HttpClient(handler, disposeHandler: options.Handler is null)
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = LongestAnswer,
        };
        proof = options is { ClientId: { } id, ClientSecret: { } secret } ? Basic(id, secret) : null;
    }

    /// <summary>Whether a fault says that the issuer did not answer as one does.</summary>
    public static bool IsAway(Exception fault) =>
        fault
            is HttpRequestException
                or IOException
                or OperationCanceledException
                or JsonException
                or InvalidOperationException
                or ArgumentException
                or IssuerAwayException;

    /// <summary>Its metadata and its keys; they have to be of this issuer (OpenID Connect Discovery §4.3).</summary>
    public async Task<OpenIdConnectConfiguration> ConfigurationAsync()
    {
        var documents = new HttpDocumentRetriever(http) { RequireHttps = IsHttps };
        var address = options.Below("/.well-known/openid-configuration");
        var found = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None);
        return found.Issuer == options.Issuer && found.SigningKeys.Count > 0
            ? found
            : throw new IssuerAwayException($"The metadata is of the issuer {found.Issuer}.");
    }

    /// <summary>The identifier of the issuer's default API (RFC 9728).</summary>
    public async Task<string> DefaultAudienceAsync()
    {
        var text = await http.GetStringAsync(options.Below("/.well-known/oauth-protected-resource"));
        using var document = JsonDocument.Parse(text);
        var resource = document.RootElement;
        var servers = resource.GetProperty("authorization_servers").EnumerateArray();
        return servers.Any(one => one.GetString() == options.Issuer)
            && resource.GetProperty("resource").GetString() is { Length: > 0 } identifier
            ? identifier
            : throw new IssuerAwayException("The metadata of the default API is of another issuer.");
    }

    /// <summary>Whether the token still stands (RFC 7662).</summary>
    /// <exception cref="IssuerAwayException">It does not say.</exception>
    public async Task<bool> StandsAsync(string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Below("/oauth2/introspect"))
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]),
        };
        request.Headers.Authorization = proof ?? throw new IssuerAwayException("No client is set to ask as.");
        using var answer = await SendAsync(request, cancellationToken);
        if (answer.StatusCode is not HttpStatusCode.OK)
        {
            throw new IssuerAwayException($"The introspection is answered {(int)answer.StatusCode}.");
        }

        try
        {
            using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            return said.RootElement.GetProperty("active").GetBoolean();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IssuerAwayException("The introspection has no readable answer.", fault);
        }
    }

    /// <summary>What the issuer's own guard says of keys (docs/forward-auth.md).</summary>
    public async Task<HttpResponseMessage> AskAboutKeyAsync(
        PresentedKeys keys,
        string audience,
        CancellationToken cancellationToken
    )
    {
        var address = options.Below("/forward-auth") + $"?audience={Uri.EscapeDataString(audience)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        keys.WriteTo(request.Headers);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>The feed, as a stream that goes on.</summary>
    public async Task<HttpResponseMessage> FollowAsync(string? lastId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, options.Below("/feed/revocations"));
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Authorization = proof;
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            return answer.EnsureSuccessStatusCode();
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose() => http.Dispose();

    private bool IsHttps => options.Issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (Exception fault) when (IsAway(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw new IssuerAwayException("The issuer does not answer.", fault);
        }
    }

    // RFC 6749 §2.3.1.
    private static AuthenticationHeaderValue Basic(string id, string secret)
    {
        var pair = $"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}";
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
    }
}
