using System.Net;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Check;

/// <summary>Settings that are wrong, unknown, misspelt, or do not fit each other.</summary>
internal sealed class SettingsInspection(
    ServerSettings settings,
    IReadOnlyList<string> problems,
    IConfiguration configuration
) : Inspection(Name)
{
    public const string Name = "settings";

    public override Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        List<Finding> found =
        [
            .. problems.Select(problem => Parted(problem)),
            .. Misspelt()
                .Select(name =>
                    Warning(
                        $"The environment has {name}, which looks like a setting and is none.",
                        "Write two underscores for each colon: Turnstone__Issuer."
                    )
                ),
            .. ProxyFindings(),
        ];
        if (!found.Exists(finding => finding.State is FindingState.Failed))
        {
            found.Insert(0, Ok($"The settings can be used: {Environments()}, issuer {settings.Turnstone.Issuer}."));
        }

        return Task.FromResult<IReadOnlyList<Finding>>(found);
    }

    private string Environments() => settings.Production ? "Production" : "Development";

    // A problem is "what is wrong: what to do".
    private Finding Parted(string problem)
    {
        var colon = problem.LastIndexOf(": ", StringComparison.Ordinal);
        return colon < 0
            ? Failed(problem, "Correct it.")
            : Failed($"{problem[..colon]}.", $"{char.ToUpperInvariant(problem[colon + 2])}{problem[(colon + 3)..]}");
    }

    private IEnumerable<Finding> ProxyFindings()
    {
        var trusted = settings.Turnstone.Proxies.Trusted;
        if (settings.Production && trusted.Count == 0 && !ListensOnHttps())
        {
            yield return Failed(
                "The portal's pages need https, this server listens on plain http, and Turnstone:Proxies:Trusted names "
                    + "no proxy: every page would be answered 503.",
                "Set Turnstone__Proxies__Trusted__0 to the proxy's address (127.0.0.1 for one on this machine)."
            );
        }

        if (trusted.Any(text => IPNetwork.TryParse(text, out var network) && network.PrefixLength == 0))
        {
            yield return Warning(
                "Turnstone:Proxies:Trusted names every address: any client can claim to be another one, and no limit "
                    + "by address holds.",
                "Name the proxy's own address."
            );
        }
    }

    private bool ListensOnHttps() =>
        (configuration[WebHostDefaults.ServerUrlsKey] ?? "").Contains("https://", StringComparison.OrdinalIgnoreCase)
        || !string.IsNullOrEmpty(configuration["HTTPS_PORTS"])
        || configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Any(endpoint => (endpoint["Url"] ?? "").StartsWith("https://", StringComparison.OrdinalIgnoreCase));

    /// <summary>Variables of the environment that would be settings with other underscores.</summary>
    private IEnumerable<string> Misspelt()
    {
        var known = PathsOf(TurnstoneSettings.Section, settings.Turnstone).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Environment
            .GetEnvironmentVariables()
            .Keys.Cast<string>()
            .Where(name =>
                !name.StartsWith($"{TurnstoneSettings.Section}__", StringComparison.OrdinalIgnoreCase)
                && known.Contains(name.Replace("_", "", StringComparison.Ordinal))
            )
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> PathsOf(string path, ISettings settings) =>
        SettingsReader
            .SettingsOf(settings.GetType())
            .Select(pair => path + pair.Property.Name)
            .Concat(SettingsReader.GroupsOf(settings).SelectMany(group => PathsOf(path + group.Name, group.Settings)));
}
