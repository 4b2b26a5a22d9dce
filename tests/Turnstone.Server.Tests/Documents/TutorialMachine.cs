using System.Diagnostics;
using System.Globalization;
using Turnstone.Server.Tests.Operations;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Documents;

/// <summary>
/// The machine of the tutorial: nginx is real, and in front of it https://id.example.com and https://api.example.com
/// lead to a port of this machine. The certificate is made here, and the service manager is a few lines.
/// </summary>
internal sealed class TutorialMachine : IDisposable
{
    private static readonly string[] Started = ["nginx/nginx.pid", "orders/pid"];

    private readonly OneMachine machine = new();

    /// <param name="port">Where nginx listens in place of 443.</param>
    public TutorialMachine(int port)
    {
        var nginx = System.IO.Directory.CreateDirectory(Shell.Of("nginx/conf.d")).Parent!.FullName;
        Write("nginx/nginx.conf", Sites(nginx));
        Write(
            "curl/.curlrc",
            $"""
            cacert = {Shell.Of("ssl/fullchain.pem")}
            connect-to = id.example.com:443:127.0.0.1:{port}
            connect-to = api.example.com:443:127.0.0.1:{port}
            """
        );
        Write("python/sitecustomize.py", Resolver(port));
        Shell.Environment["CURL_HOME"] = Shell.Of("curl");
        Shell.Replace("/etc/ssl/turnstone", Shell.Of("ssl"));
        Shell.Replace("/etc/letsencrypt", Shell.Of("letsencrypt"));
        Shell.Replace("/etc/nginx/conf.d", Shell.Of("root/etc/nginx/conf.d"));
        Shell.Replace("/opt/orders", Shell.Of("orders"));
        var api = $"{PostgresServer.FreePort()}";
        Shell.Replace("127.0.0.1:8500", $"127.0.0.1:{api}");
        Shell.Replace("--port 8500", $"--port {api}");
        Shell.Stub("apt-get", "exit 0");
        Shell.Stub("certbot", Certbot);
        Shell.Stub("systemd-run", SystemdRun(Shell.Of("python"), api));
        File.Copy(Shell.Of("bin/systemctl"), Shell.Of("bin/systemctl-turnstone"));
        Shell.Stub("systemctl", Systemctl(nginx, port));
    }

    public PastedShell Shell => machine.Shell;

    public void Dispose()
    {
        foreach (var file in Started.Select(Shell.Of).Where(File.Exists))
        {
            End(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
        }

        machine.Dispose();
    }

    // Patterns have a bracket where the shell of the test would put its own place for the documented one.
    private static string Systemctl(string nginx, int port) =>
        $$"""
            [[ $* == 'reload nginx' ]] || exec systemctl-turnstone "$@"
            for site in /etc/nginx/conf.d/*.conf; do
              sed -e 's#/etc/ssl/turnston[e]#/etc/ssl/turnstone#; s#127.0.0.1:840[0]#127.0.0.1:8400#' \
                -e 's#listen 443#listen 127.0.0.1:{{port}}#; s#/var/log/nginx#{{nginx}}#' "$site" \
                >"{{nginx}}/conf.d/${site##*/}"
            done
            [[ -e {{nginx}}/nginx.pid ]] || exec nginx -p {{nginx}} -c {{nginx}}/nginx.conf
            before=$(pgrep -P "$(<{{nginx}}/nginx.pid)")
            nginx -p {{nginx}} -c {{nginx}}/nginx.conf -s reload
            # The workers of before know nothing of a new site, and take connections until they end.
            for worker in $before; do while kill -0 "$worker" 2>/dev/null; do sleep 0.05; done; done
            """;

    private static string Sites(string nginx) =>
        $$"""
            user root;
            pid {{nginx}}/nginx.pid;
            error_log {{nginx}}/error.log;
            events { }
            http {
              access_log off;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              include {{nginx}}/conf.d/*.conf;
            }
            """;

    private const string Certbot = """
        [[ $* == *'-d id.example.com -d api.example.com' ]] || exit 1
        [[ $* == 'certonly --nginx --deploy-hook systemctl reload nginx '* ]] || exit 1
        live=/etc/letsencrypt/live/id.example.com
        mkdir -p $live
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=id.example.com \
          -addext subjectAltName=DNS:id.example.com,DNS:api.example.com \
          -keyout $live/privkey.pem -out $live/fullchain.pem
        """;

    private static string SystemdRun(string python, string port) =>
        $$"""
            while [[ $1 == -* ]]; do
              case $2 in
                Environment=*) export "${2#Environment=}" ;;
                WorkingDirectory=*) cd "${2#WorkingDirectory=}" ;;
              esac
              shift 2
            done
            export PYTHONPATH={{python}} SSL_CERT_FILE=/etc/ssl/turnstone/fullchain.pem
            "$@" >log 2>&1 &
            echo $! >pid
            until curl -s -o /dev/null http://127.0.0.1:{{port}}/; do kill -0 $! || exit 1; sleep 0.1; done
            """;

    private static string Resolver(int port) =>
        $"""
            import socket

            asked = socket.getaddrinfo


            def here(host, port, *more, **named):
                place = ("127.0.0.1", {port}) if host == "id.example.com" else (host, port)
                return asked(*place, *more, **named)


            socket.getaddrinfo = here
            """;

    private void Write(string name, string text)
    {
        var file = Shell.Of(name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }
}
