using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Turnstone.Cli.Issuer;
using Turnstone.Cli.Output;
using Turnstone.Cli.Profiles;

namespace Turnstone.Cli.Doctor;

/// <summary>The way to the server and what it publishes, one after the other: each needs those before it.</summary>
internal sealed class ServerCheck(CommandContext context, Profile profile, StoredTokens? stored)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);
    private const double MostSeconds = 60;

    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        List<Finding> found = [await NetworkAsync(cancellationToken)];
        if (found[^1].Good)
        {
            found.Add(await TlsAsync(cancellationToken));
        }

        if (!found[^1].Good && (found.Count == 1 || profile.Address.Scheme == "https"))
        {
            return found;
        }

        try
        {
            await ReadAsync(found, cancellationToken);
        }
        catch (HttpRequestException reason)
        {
            found.Add(new("HTTP", false, $"The server is no usable HTTP server: {reason.Message}"));
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            found.Add(new("HTTP", false, "The server takes a connection and gives no answer in time."));
        }

        return found;
    }

    private async Task ReadAsync(List<Finding> found, CancellationToken cancellationToken)
    {
        found.Add(await ClockAsync(cancellationToken));
        var server = new IssuerDocuments(context.Http, profile.Address);
        var metadata = await server.TryMetadataAsync(cancellationToken);
        found.Add(Discovery(metadata));
        var keys = await server.KeysAsync(metadata, cancellationToken);
        found.Add(
            keys.Count > 0
                ? new("keys", true, $"The server publishes {keys.Count} signing key{(keys.Count == 1 ? "" : "s")}.")
                : new("keys", false, "The server publishes no keys, so nobody can verify its tokens.")
        );
        if (stored?.Access is { } access && Jwt.Read(access) is { } token && keys.Count > 0)
        {
            var verdict = TokenVerdict.Of(token, metadata?.Issuer, keys, context.Time.GetUtcNow());

            // That it has expired is no fault: it is renewed.
            found.Add(new("token", verdict.Genuine, verdict.Sentence));
        }
    }

    private async Task<Finding> NetworkAsync(CancellationToken cancellationToken)
    {
        var (host, port) = (profile.Address.DnsSafeHost, profile.Address.Port);
        try
        {
            using var connection = await ConnectAsync(cancellationToken);
            return new("network", true, $"{host} answers at port {port}.");
        }
        catch (SocketException reason)
            when (reason.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
        {
            return new("network", false, $"The name {host} is not known. Is it written right, and is there a network?");
        }
        catch (SocketException reason)
        {
            return new("network", false, $"{host} does not answer at port {port}: {reason.Message}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new("network", false, $"{host} does not answer at port {port} within ten seconds. A firewall?");
        }
    }

    private async Task<Finding> TlsAsync(CancellationToken cancellationToken)
    {
        if (profile.Address.Scheme != "https")
        {
            return ServerAddress.MayCarryTokens(profile.Address)
                ? new("TLS", true, "There is none, and none is needed on this machine.")
                : new("TLS", false, "There is none: everyone on the way to the server can read the tokens. Use https.");
        }

        var errors = SslPolicyErrors.None;
        using var connection = await ConnectAsync(cancellationToken);
        await using var tls = new SslStream(
            connection.GetStream(),
            leaveInnerStreamOpen: false,
            (_, _, _, found) => (errors = found) == SslPolicyErrors.None
        );
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = profile.Address.DnsSafeHost },
                cancellationToken
            );
        }
        catch (Exception reason) when (reason is AuthenticationException or IOException)
        {
            return new("TLS", false, Words(errors));
        }

        using var certificate = new X509Certificate2(tls.RemoteCertificate!);
        var (end, now) = (new DateTimeOffset(certificate.NotAfter), context.Time.GetUtcNow());
        return new(
            "TLS",
            end - now > Soon,
            $"{tls.SslProtocol}; the certificate is trusted and expires {Durations.Moment(end, now)}."
                + (end - now > Soon ? "" : " Whoever runs the server should renew it.")
        );
    }

    private static string Words(SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "The certificate is of another name."
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? "The certificate is not trusted: it has expired, or nobody whom this machine trusts has signed it."
        : "There is no TLS to be had at that port.";

    private async Task<Finding> ClockAsync(CancellationToken cancellationToken)
    {
        var before = context.Time.GetTimestamp();
        using var answer = await context.Http.GetAsync(profile.Address, cancellationToken);
        if (answer.Headers.Date is not { } said)
        {
            return new("clock", true, "The server does not tell its time; nothing can be compared.");
        }

        var half = context.Time.GetElapsedTime(before) / 2;
        var off = context.Time.GetUtcNow() - half - said.AddSeconds(0.5);

        // It is measured to a second or so: an hour less that is an hour.
        var told = off.Duration() < TimeSpan.FromMinutes(1) ? off : TimeSpan.FromMinutes(Math.Round(off.TotalMinutes));
        return Math.Abs(off.TotalSeconds) <= MostSeconds
            ? new("clock", true, "This machine's clock and the server's agree.")
            : new(
                "clock",
                false,
                $"This machine's clock is {Durations.Of(told)} {(off > TimeSpan.Zero ? "ahead of" : "behind")} the "
                    + "server's. turnstone reckons with that; other programs do not. Set it by NTP."
            );
    }

    private Finding Discovery(Metadata? metadata) =>
        metadata is null ? new("discovery", !profile.Facts.IsStandard, "The server publishes no metadata.")
        : profile.IsOf(metadata.Issuer)
            ? new("discovery", true, $"The server publishes its metadata as {metadata.Issuer}.")
        : new(
            "discovery",
            false,
            $"The server calls itself {metadata.Issuer} and was asked at {profile.Server}. Log in at its name, unless "
                + "that cannot be reached from here."
        );

    private async Task<TcpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(LongestWait, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(profile.Address.DnsSafeHost, profile.Address.Port, either.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
