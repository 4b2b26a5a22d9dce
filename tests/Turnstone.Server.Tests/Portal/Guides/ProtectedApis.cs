using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Portal.Guides;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Guides;

/// <summary>
/// A server, and beside it an API for each framework that runs here, made of the files that the guide shows. Their
/// clocks are real, so the server's is too.
/// </summary>
public class ProtectedApis : IAsyncLifetime
{
    public const string Path = "/individuals";

    private readonly string folder = ServerProcess.NewFolder();
    private readonly Dictionary<ProtectedApi, RunningApi> running = [];
    private readonly IReadOnlyList<ProtectedApi> wanted;
    private readonly Action<IServiceCollection>? services;

    public ProtectedApis()
        : this(Run) { }

    protected ProtectedApis(IReadOnlyList<ProtectedApi> wanted, Action<IServiceCollection>? services = null) =>
        (this.wanted, this.services) = (wanted, services);

    public TurnstoneServer Server { get; private set; } = null!;

    /// <summary>Those proxies that run; the others cannot be had from Debian.</summary>
    public static IReadOnlyList<ProtectedApi> Proxies { get; } =
    [ProtectedApi.Nginx, ProtectedApi.HaProxy, ProtectedApi.Caddy];

    /// <summary>All that run; Spring needs what cannot be had from Debian alone.</summary>
    public static IReadOnlyList<ProtectedApi> Run { get; } =
    [
        ProtectedApi.AspNetCore,
        ProtectedApi.JwtBearer,
        ProtectedApi.Express,
        ProtectedApi.FastApi,
        ProtectedApi.Go,
        .. Proxies,
    ];

    private static readonly string[] Packages =
    [
        "Microsoft.AspNetCore.Authentication.JwtBearer",
        "Turnstone.AspNetCore",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Url => Server.BaseAddress.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        var url = $"http://127.0.0.1:{PostgresServer.FreePort()}";
        Server = await PortalServer.StartAsync(
            [
                $"urls={url}",
                $"Turnstone:Issuer={url}",
                "Turnstone:Audience=https://api.example.test",
                "Turnstone:Proxies:Trusted:0=127.0.0.1",
            ],
            services,
            rooms: app => app.MapMethods(Path, ["GET", "POST"], Behind),
            start: TimeProvider.System.GetUtcNow()
        );
        var started = await Task.WhenAll(wanted.Select(StartAsync));
        foreach (var (api, it) in wanted.Zip(started))
        {
            running[api] = it;
        }
    }

    public Task<(HttpResponseMessage Answer, string Story)> CallAsync(string api, string? token) =>
        CallAsync(api, HttpMethod.Get, token is null ? [] : [("Authorization", $"Bearer {token}")]);

    public async Task<(HttpResponseMessage Answer, string Story)> CallAsync(
        string api,
        HttpMethod method,
        params (string Name, string Value)[] headers
    )
    {
        var it = running.Single(pair => pair.Key.Title == api).Value;
        using var request = new HttpRequestMessage(method, Path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return (await it.Http.SendAsync(request, Cancel), it.Said);
    }

    /// <summary>The address under which a client knows the API.</summary>
    public Uri AddressOf(string api) =>
        new(running.Single(pair => pair.Key.Title == api).Value.Http.BaseAddress!, Path);

    public async ValueTask DisposeAsync()
    {
        foreach (var api in running.Values)
        {
            await api.DisposeAsync();
        }

        await Server.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The API behind the proxies: says what it was told of the caller.</summary>
    private static IResult Behind(HttpRequest request) =>
        Results.Json(
            request
                .Headers.Where(header => header.Key.StartsWith("Turnstone", StringComparison.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString())
        );

    private async Task<RunningApi> StartAsync(ProtectedApi api)
    {
        var (place, port) = (
            System.IO.Directory.CreateDirectory($"{folder}/{api.Name}").FullName,
            PostgresServer.FreePort()
        );
        foreach (var file in api.Files)
        {
            await File.WriteAllTextAsync($"{place}/{file}", api.Text(file) + "\n", Cancel);
        }

        var environment = new Dictionary<string, string>
        {
            [SampleVariables.Url] = Url,
            [SampleVariables.Audience] = "https://api.example.test",
            ["PORT"] = $"{port}",
            ["API_URL"] = Url,
            ["API_ADDRESS"] = Server.BaseAddress.Authority,
            ["HOME"] = place,
        };
        return await RunningApi.StartAsync(place, port, environment, await WordsAsync(api, place, port, environment));
    }

    /// <summary>The command that runs it, after what its reader does before.</summary>
    private async Task<string[]> WordsAsync(
        ProtectedApi api,
        string place,
        int port,
        Dictionary<string, string> environment
    )
    {
        if (api == ProtectedApi.AspNetCore || api == ProtectedApi.JwtBearer)
        {
            environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
            environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            return [.. CSharpProgram.Start, await AspNetCoreAsync(place)];
        }

        if (api == ProtectedApi.Express)
        {
            // Node 18, which is Debian 12's, has this only when asked.
            environment["NODE_OPTIONS"] = "--experimental-global-webcrypto";
            File.CreateSymbolicLink(
                $"{place}/node_modules",
                System.IO.Path.Combine(Repository.Root, "tests/interop/node_modules")
            );
            return ["node", api.Files[0]];
        }

        if (api == ProtectedApi.Go)
        {
            return [await GoAsync(place)];
        }

        if (api == ProtectedApi.HaProxy)
        {
            return ["/usr/sbin/haproxy", "-db", "-f", api.Files[0]];
        }

        if (api == ProtectedApi.Caddy)
        {
            // Nothing of it stands on a port of its own.
            await File.WriteAllTextAsync($"{place}/all", "{\n\tadmin off\n}\nimport Caddyfile\n", Cancel);
            return ["caddy", "run", "--config", "all", "--adapter", "caddyfile"];
        }

        return api == ProtectedApi.FastApi
            // Debian's, which has the packages; another one may come before it in the path.
            ? ["/usr/bin/python3", "-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--port", $"{port}"]
            : await NginxAsync(place, port);
    }

    /// <summary>With the global usings of a web project, and the packages that the samples ask for.</summary>
    private static async Task<string> AspNetCoreAsync(string place)
    {
        var packages = System.IO.Directory.CreateDirectory($"{place}/packages").FullName;
        foreach (
            var library in System
                .IO.Directory.GetFiles(AppContext.BaseDirectory, "*IdentityModel*.dll")
                .Concat(Packages.Select(package => System.IO.Path.Combine(AppContext.BaseDirectory, $"{package}.dll")))
        )
        {
            var name = System.IO.Path.GetFileName(library);
            File.Copy(library, $"{packages}/{name}");
            File.Copy(library, $"{place}/{name}");
        }

        var usings = $"{place}/GlobalUsings.cs";
        await File.WriteAllTextAsync(
            usings,
            """
            global using System.Linq;
            global using Microsoft.AspNetCore.Builder;
            global using Microsoft.Extensions.DependencyInjection;
            global using Microsoft.Extensions.Hosting;
            """,
            Cancel
        );
        return await CSharpProgram.CompileAsync(
            place,
            [CSharpProgram.Framework, CSharpProgram.AspNetCore, packages],
            [$"{place}/Program.cs", usings]
        );
    }

    /// <summary>
    /// Compiled with Debian's release of the library, 2.1, which has under another path what the sample uses of 3.
    /// </summary>
    private static async Task<string> GoAsync(string place)
    {
        const string Library = "src/github.com/coreos/go-oidc";
        var parent = System.IO.Directory.CreateDirectory($"{place}/{Library}/v3").FullName;
        File.CreateSymbolicLink($"{parent}/oidc", $"/usr/share/gocode/{Library}");
        var compiled = await Bash.RunAsync(
            "go build -o api main.go",
            folder: place,
            environment: new Dictionary<string, string>
            {
                ["GO111MODULE"] = "off",
                ["GOPATH"] = $"{place}:/usr/share/gocode",
                ["GOFLAGS"] = "",
                ["GOTOOLCHAIN"] = "local",
            }
        );
        Assert.True(compiled.ExitCode == 0, compiled.Error);
        return $"{place}/api";
    }

    /// <summary>In a configuration that keeps everything in its folder.</summary>
    private async Task<string[]> NginxAsync(string place, int port)
    {
        var site = $"{place}/turnstone.conf";
        await File.WriteAllTextAsync(
            site,
            (await File.ReadAllTextAsync(site, Cancel))
                .Replace($"${{{SampleVariables.Url}}}", Url, StringComparison.Ordinal)
                .Replace("${API_URL}", Url, StringComparison.Ordinal)
                .Replace("${PORT}", $"{port}", StringComparison.Ordinal),
            Cancel
        );
        await File.WriteAllTextAsync(
            $"{place}/nginx.conf",
            """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events { }
            http {
              access_log off;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              include turnstone.conf;
            }
            """,
            Cancel
        );
        return ["/usr/sbin/nginx", "-p", place, "-e", "stderr", "-c", $"{place}/nginx.conf"];
    }
}
