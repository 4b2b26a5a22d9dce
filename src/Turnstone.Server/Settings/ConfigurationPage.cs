using System.Globalization;
using System.Text;

namespace Turnstone.Server.Settings;

/// <summary>
/// Writes docs/configuration.md from the settings themselves, so that it can neither lack one nor promise one.
/// </summary>
public static class ConfigurationPage
{
    private const string Head = """
        # Configuration

        <!-- Generated from the classes in src/Turnstone.Server/Settings. To renew: TURNSTONE_UPDATE_DOCS=1 ./test --filter ConfigurationPage -->

        Settings are read once, at start, from `appsettings.json` in the current folder, from the environment (`Turnstone__Keys__RotationDays=30`) and from the command line
        (`--Turnstone:Keys:RotationDays=30`); the later wins. They are checked as a whole: what is wrong, unsafe or misspelt is named in one sentence each, and the program ends with
        exit code 78. Lists are numbered: `Turnstone__Proxies__Trusted__0=10.0.0.5`.

        ## Beside Turnstone's own

        | setting | default | meaning |
        |---|---|---|
        | `ConnectionStrings:Turnstone` | `Data Source=data/turnstone.db` | The store: `Data Source=file` is the embedded SQLite, `Host=…;Database=…;Username=…;Password=…` is PostgreSQL. |
        | `ASPNETCORE_URLS`, `--urls` | `http://127.0.0.1:8400` | Where the server listens. |
        | `ASPNETCORE_ENVIRONMENT`, `--environment` | `Development` in a debug build (`dotnet run`), `Production` in a release build (`dotnet publish`) | In Production unsafe settings are refused, logs are JSON and there is no demo data. |
        | `Logging:LogLevel:…` | `Information` | What is logged. Categories of the framework that would write a request's query stay silent below a warning whatever is set here. |
        | `OTEL_EXPORTER_OTLP_ENDPOINT` | nowhere | Where meters and traces are sent, as `Turnstone:Telemetry:Endpoint`; the other `OTEL_EXPORTER_OTLP_…` variables are heard too. |

        """;

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        Group(page, TurnstoneSettings.Section, "What concerns the service as a whole.", new TurnstoneSettings());
        return page.ToString();
    }

    private static void Group(StringBuilder page, string path, string meaning, object settings)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {path}\n\n{meaning}\n");
        var all = SettingsReader.SettingsOf(settings.GetType()).ToList();
        var values = all.Where(pair => !IsGroup(pair.Property.PropertyType)).ToList();
        if (values.Count > 0)
        {
            page.Append("\n| setting | default | meaning |\n|---|---|---|\n");
        }

        foreach (var (property, setting) in values)
        {
            var range = double.IsInfinity(setting.Min)
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" {setting.Min} to {setting.Max}.");
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{path}:{property.Name}` | {setting.Default ?? Shown(property.GetValue(settings))} "
                    + $"| {setting.Meaning}{range} |\n"
            );
        }

        foreach (var (property, setting) in all.Where(pair => IsGroup(pair.Property.PropertyType)))
        {
            Group(page, $"{path}:{property.Name}", setting.Meaning, property.GetValue(settings)!);
        }
    }

    private static bool IsGroup(Type type) => SettingsReader.IsGroup(type) && type != typeof(IReadOnlyList<string>);

    private static string Shown(object? value) =>
        value switch
        {
            DateTimeOffset time => $"`{time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}`",
            null or "" => "none",
            bool flag => flag ? "`true`" : "`false`",
            _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
        };
}
