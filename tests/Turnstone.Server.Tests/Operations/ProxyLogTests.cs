using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// What the proxies of deploy/ write down about a request that fails. A query may hold the token of a link, a header a
/// subscription key.
/// </summary>
public sealed class ProxyLogTests : IDisposable
{
    private const string Path = "/portal/reset-password";
    private const string Secret = "KeepThisToYourself";

    private readonly PastedShell shell = new();
    private readonly int port = PostgresServer.FreePort();

    public ProxyLogTests() => shell.Replace("127.0.0.1:8400", "127.0.0.1:1");

    [Fact]
    public async Task Nginx_writes_the_path_alone()
    {
        shell.Replace("/etc/ssl/turnstone/", $"{shell.Machine}/");
        shell.Replace("/var/log/nginx/", $"{shell.Machine}/");
        shell.Replace("listen 443 ssl", $"listen 127.0.0.1:{port} ssl");
        Copy("deploy/nginx.conf", "nginx.conf");
        await File.WriteAllTextAsync(
            shell.Of("all.conf"),
            $"pid {shell.Of("pid")}; error_log stderr; daemon off; events {{}} "
                + $"http {{ include {shell.Of("nginx.conf")}; }}",
            TestContext.Current.CancellationToken
        );

        await WritesThePathAloneAsync("https", $"nginx -p {shell.Machine} -c {shell.Of("all.conf")}");
    }

    [Fact]
    public Task Caddy_writes_the_path_alone()
    {
        shell.Replace("id.example.com {", $"http://127.0.0.1:{port} {{");
        shell.Replace("/var/log/caddy/", $"{shell.Machine}/");
        Copy("deploy/Caddyfile", "turnstone.caddy");
        File.WriteAllText(shell.Of("Caddyfile"), "{\n\tadmin off\n}\nimport turnstone.caddy\n");
        shell.Environment["XDG_DATA_HOME"] = shell.Environment["XDG_CONFIG_HOME"] = shell.Of("caddy");

        return WritesThePathAloneAsync("http", "caddy run --adapter caddyfile --config Caddyfile");
    }

    [Fact]
    public Task HAProxy_writes_the_path_alone()
    {
        shell.Replace("/etc/ssl/turnstone/id.example.com.pem", shell.Of("both.pem"));
        shell.Replace("bind :80", $"bind 127.0.0.1:{PostgresServer.FreePort()}");
        shell.Replace("bind :443", $"bind 127.0.0.1:{port}");
        shell.Replace("log /dev/log local0", "log stdout format raw local0");
        Copy("deploy/haproxy.cfg", "haproxy.cfg");

        return WritesThePathAloneAsync("https", "haproxy -db -f haproxy.cfg");
    }

    public void Dispose() => shell.Dispose();

    private void Copy(string file, string name) =>
        File.WriteAllText(shell.Of(name), shell.Ours(File.ReadAllText(System.IO.Path.Combine(Repository.Root, file))));

    private async Task WritesThePathAloneAsync(string scheme, string start)
    {
        await shell.SucceedsAsync(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out fullchain.pem -subj /CN=id.example.com"
                + " && cat fullchain.pem key.pem >both.pem"
        );
        var status = await shell.SucceedsAsync(
            $$"""
            {{start}} >written.log 2>&1 & proxy=$!
            trap 'kill $proxy; wait $proxy' EXIT
            until curl -sk -o /dev/null -w '%{http_code}' -H 'Ocp-Apim-Subscription-Key: {{Secret}}' \
              '{{scheme}}://127.0.0.1:{{port}}{{Path}}?token={{Secret}}'
            do kill -0 $proxy || { cat written.log >&2; exit 1; }; sleep 0.1; done
            """
        );

        // curl says 000 as long as nobody listens.
        Assert.Matches("^(000)*50[23]$", status);
        var logs = System.IO.Directory.GetFiles(shell.Machine, "*.log").Select(File.ReadAllText).ToList();
        Assert.Contains(logs, log => log.Contains(Path, StringComparison.Ordinal));
        Assert.DoesNotContain(logs, log => log.Contains(Secret, StringComparison.Ordinal));
    }
}
