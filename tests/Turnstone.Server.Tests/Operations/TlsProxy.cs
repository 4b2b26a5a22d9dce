using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// A proxy with a certificate of its own for localhost, in front of a server that is started later, because its issuer
/// is this proxy's address.
/// </summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private TlsProxy(WebApplication app) => this.app = app;

    public Uri? Server { get; set; }

    /// <summary>Whether it says what the client has asked for.</summary>
    public bool Forwards { get; set; } = true;

    public string Url =>
        app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single()
            .Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    /// <param name="folder">Gets the certificate as <c>authority.pem</c>, for SSL_CERT_FILE.</param>
    /// <param name="validFor">How long the certificate is valid.</param>
    public static async Task<TlsProxy> StartAsync(string folder, TimeSpan validFor)
    {
        var certificate = Certificate(validFor);
        await File.WriteAllTextAsync(Path.Combine(folder, "authority.pem"), certificate.ExportCertificatePem());
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))
        );
        var app = builder.Build();
        var proxy = new TlsProxy(app);
        app.Run(proxy.PassAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(Server!, context.Request.Path + context.Request.QueryString)
        );
        foreach (var header in context.Request.Headers.Where(header => Forwards || header.Key != "Host"))
        {
            request.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string>)header.Value!);
        }

        if (Forwards)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9");
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        }

        using var answer = await http.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }

    private static X509Certificate2 Certificate(TimeSpan validFor)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now + validFor);
    }
}
