namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// How an API of a framework, or a proxy in front of any API, refuses tokens that are not for it: the files of a folder
/// of <c>Samples/protect</c>.
/// </summary>
/// <param name="Name">The folder.</param>
/// <param name="Title">The framework or proxy.</param>
/// <param name="Files">The names of its files, in the order to read them.</param>
public sealed record ProtectedApi(string Name, string Title, params string[] Files)
{
    public static readonly ProtectedApi AspNetCore = new("aspnetcore", "ASP.NET Core", "Program.cs");
    public static readonly ProtectedApi JwtBearer = new("jwtbearer", "ASP.NET Core, JwtBearer alone", "Program.cs");
    public static readonly ProtectedApi Express = new("express", "Express", "server.mjs");
    public static readonly ProtectedApi FastApi = new("fastapi", "FastAPI", "main.py");
    public static readonly ProtectedApi Spring = new("spring", "Spring", "ApiSecurity.java");
    public static readonly ProtectedApi Go = new("go", "Go", "main.go");
    public static readonly ProtectedApi Nginx = new("nginx", "nginx", "turnstone.conf");
    public static readonly ProtectedApi HaProxy = new("haproxy", "HAProxy", "haproxy.cfg", "turnstone.lua");
    public static readonly ProtectedApi Caddy = new("caddy", "Caddy", "Caddyfile");
    public static readonly ProtectedApi Traefik = new("traefik", "Traefik", "turnstone.yml");
    public static readonly ProtectedApi Envoy = new("envoy", "Envoy", "turnstone.yaml");

    /// <summary>They verify tokens themselves.</summary>
    public static IReadOnlyList<ProtectedApi> Frameworks { get; } =
    [AspNetCore, JwtBearer, Express, FastApi, Spring, Go];

    /// <summary>They ask this server (docs/forward-auth.md).</summary>
    public static IReadOnlyList<ProtectedApi> Proxies { get; } = [Nginx, HaProxy, Caddy, Traefik, Envoy];

    public static IReadOnlyList<ProtectedApi> All { get; } = [.. Frameworks, .. Proxies];

    /// <summary>What its configuration needs to know of this server.</summary>
    public static IReadOnlyList<string> Needs { get; } = [SampleVariables.Url, SampleVariables.Audience];

    public string Text(string file) => SampleFile.Read($"protect/{Name}/{file}");
}
