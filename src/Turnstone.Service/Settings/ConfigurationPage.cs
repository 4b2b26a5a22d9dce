using System.Globalization;
using System.Text;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Settings;

/// <summary>
/// Generates docs/configuration.md from the settings classes, so it cannot miss a setting or name one that does not
/// exist.
/// </summary>
public static class ConfigurationPage
{
    private const string Head = """
        # Configuration

        <!-- Generated from the classes in src/Turnstone.Service/Settings.
             To renew: TURNSTONE_UPDATE_DOCS=1 ./test --filter ConfigurationPage -->

        Settings are read once, at start, from `appsettings.json` in the current folder, from the environment
        (`Turnstone__Keys__RotationDays=30`) and from the command line (`--Turnstone:Keys:RotationDays=30`). The last of
        these takes precedence. If settings are wrong, unsafe or misspelt, the program names each in one sentence and
        exits with code 78. Lists are numbered: `Turnstone__Proxies__Trusted__0=10.0.0.5`.

        ## Settings outside of Turnstone

        | setting | default | meaning |
        |---|---|---|

        """;

    private static readonly (string Name, string Default, string Meaning)[] Foreign =
    [
        (
            "`ConnectionStrings:Turnstone`",
            "`Data Source=data/turnstone.db`",
            "The store: `Data Source=file` is the embedded SQLite, "
                + "`Host=…;Database=…;Username=…;Password=…` is PostgreSQL."
        ),
        ("`ASPNETCORE_URLS`, `--urls`", "`http://127.0.0.1:8400`", "The URL that the server listens on."),
        (
            "`ASPNETCORE_ENVIRONMENT`, `--environment`",
            "`Development` in a debug build (`dotnet run`), `Production` in a release build (`dotnet publish`)",
            "In Production unsafe settings are refused, logs are JSON and there is no demo data."
        ),
        (
            "`Logging:LogLevel:…`",
            "`Information`",
            "The log level. Framework categories that would log a request's query never log below Warning."
        ),
        (
            "`OTEL_EXPORTER_OTLP_ENDPOINT`",
            "nowhere",
            "Where metrics and traces are sent, like `Turnstone:Telemetry:Endpoint`. "
                + "`OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` and `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` name it for one "
                + "signal, path and all, and turn on that one alone; `…_PROTOCOL` and `…_HEADERS` may go with them. "
                + "The other `OTEL_EXPORTER_OTLP_…` variables are used too."
        ),
    ];

    public static string Write(ContractList contracts)
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var (name, ifUnset, meaning) in Foreign)
        {
            Row(page, name, ifUnset, meaning);
        }

        Group(page, TurnstoneSettings.Section, "The service as a whole.", new TurnstoneSettings(contracts));
        return page.ToString();
    }

    private static void Group(StringBuilder page, string path, string meaning, ISettings settings)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {path}\n\n{meaning}\n");
        var values = SettingsReader
            .SettingsOf(settings.GetType())
            .Where(pair => !SettingsReader.IsGroup(pair.Property.PropertyType))
            .ToList();
        if (values.Count > 0)
        {
            page.Append("\n| setting | default | meaning |\n|---|---|---|\n");
        }

        foreach (var (property, setting) in values)
        {
            var range = double.IsInfinity(setting.Min)
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" {setting.Min} to {setting.Max}.");
            var ifUnset = setting.Default ?? Shown(property.GetValue(settings));
            Row(page, $"`{path}:{property.Name}`", ifUnset, $"{setting.Meaning}{range}");
        }

        foreach (var group in SettingsReader.GroupsOf(settings))
        {
            Group(page, $"{path}:{group.Name}", group.Meaning, group.Settings);
        }
    }

    private static void Row(StringBuilder page, string name, string ifUnset, string meaning) =>
        page.Append(CultureInfo.InvariantCulture, $"| {name} | {ifUnset} | {meaning} |\n");

    private static string Shown(object? value) =>
        value switch
        {
            DateTimeOffset time => $"`{time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}`",
            null or "" => "none",
            bool flag => flag ? "`true`" : "`false`",
            _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
        };
}
