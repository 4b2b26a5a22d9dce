using System.Reflection;

namespace Turnstone.Server.Operations.Setup;

/// <summary>
/// The files of deploy/, which the program carries, with the values of an installation in place of the examples.
/// </summary>
internal static class DeployTemplate
{
    private const string Host = "id.example.com";
    private const string Program = "/opt/turnstone/turnstone-server";

    public static string Unit(string program) =>
        Read("turnstone.service").Replace(Program, program, StringComparison.Ordinal);

    public static string Proxy(ProxyKind kind, string host) =>
        Read(FileOf(kind)).Replace(Host, host, StringComparison.Ordinal);

    private static string FileOf(ProxyKind kind) =>
        kind switch
        {
            ProxyKind.Nginx => "nginx.conf",
            ProxyKind.Caddy => "Caddyfile",
            ProxyKind.HAProxy => "haproxy.cfg",
            ProxyKind.Traefik => "traefik.yml",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private static string Read(string name)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"deploy/{name}")
            ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>The proxies for which there is a file.</summary>
internal enum ProxyKind
{
    None,
    Nginx,
    Caddy,
    HAProxy,
    Traefik,
}
