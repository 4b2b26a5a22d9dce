using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.SignIn;

namespace Turnstone.Server.Tests.Mail;

/// <summary>Letters go encrypted and to the right server, or they do not go.</summary>
public sealed class MailTlsTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();
    private readonly X509Certificate2 certificate = MakeCertificate(IPAddress.Loopback);

    [Theory]
    [InlineData("Tls")]
    [InlineData("StartTls")]
    public async Task A_letter_goes_encrypted_to_a_server_whose_certificate_the_system_trusts(string security)
    {
        await using var smtp = new SmtpListener { Certificate = certificate, ImplicitTls = security is "Tls" };

        // The real program: which certificates are trusted is the system's affair, not a setting.
        await using var server = await ServerProcess.StartAsync(await SettingsAsync(smtp, security, certificate));
        using var visitor = new Visitor(server.Http.BaseAddress!);
        using var answer = await visitor.SignUpAsync();
        var mail = await smtp.NextAsync();

        Assert.Contains(Steps.NewEmail, mail.To, StringComparison.Ordinal);
        Assert.True(mail.Encrypted);
        Assert.Equal("\0turnstone\0correct horse", mail.SignedIn);
    }

    [Theory]
    [InlineData("Tls")]
    [InlineData("StartTls")]
    public async Task No_letter_goes_to_a_server_whose_certificate_nobody_vouches_for(string security)
    {
        await using var smtp = new SmtpListener { Certificate = certificate, ImplicitTls = security is "Tls" };
        await using var server = await MailServer.StartAsync(smtp, security);

        await server.SendAsync();
        await server.UntilLoggedAsync(1201);

        Assert.Contains(server.Log.Lines, line => line.Contains("SslHandshakeException", StringComparison.Ordinal));
        Assert.Equal((0, 0), (smtp.Attempts, smtp.Count));
    }

    [Theory]
    [InlineData("Tls")]
    [InlineData("StartTls")]
    public async Task No_letter_goes_to_a_server_whose_trusted_certificate_has_another_name(string security)
    {
        using var other = MakeCertificate(IPAddress.Parse("127.0.0.2"));
        await using var smtp = new SmtpListener { Certificate = other, ImplicitTls = security is "Tls" };
        await using var server = await ServerProcess.StartAsync(await SettingsAsync(smtp, security, other));
        using var visitor = new Visitor(server.Http.BaseAddress!);
        using var answer = await visitor.SignUpAsync();

        await server.UntilSaidAsync("SslHandshakeException");
        Assert.Equal((0, 0), (smtp.Attempts, smtp.Count));
    }

    [Fact]
    public async Task No_letter_goes_in_the_clear_because_the_server_does_not_offer_to_encrypt()
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp, "StartTls");

        await server.SendAsync();
        await server.UntilLoggedAsync(1201);

        Assert.Equal((0, 0), (smtp.Attempts, smtp.Count));
    }

    public void Dispose()
    {
        certificate.Dispose();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private async Task<Dictionary<string, string>> SettingsAsync(
        SmtpListener smtp,
        string security,
        X509Certificate2 trusted
    )
    {
        var file = Path.Combine(folder, "trusted.pem");
        await File.WriteAllTextAsync(file, trusted.ExportCertificatePem(), Encoding.ASCII);
        return new Dictionary<string, string>
        {
            ["Turnstone:Mail:Host"] = "127.0.0.1",
            ["Turnstone:Mail:Port"] = $"{smtp.Port}",
            ["Turnstone:Mail:Security"] = security,
            ["Turnstone:Mail:User"] = "turnstone",
            ["Turnstone:Mail:Password"] = "correct horse",
            ["Turnstone:Mail:From"] = "portal@example.test",
            ["SSL_CERT_FILE"] = file,
        };
    }

    private static X509Certificate2 MakeCertificate(IPAddress address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail server under test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
