using System.Globalization;
using System.Text;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Setup;

/// <summary>
/// /etc/turnstone.env: the settings of an installation, and every other setting as a comment with its default and what
/// it means. Both systemd (EnvironmentFile=) and a shell read it.
/// </summary>
internal static class SettingsFile
{
    private const int Width = 120;

    public static string Write(SetupAnswers answers, ContractList contracts, string database)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal) { ["Turnstone:Issuer"] = answers.Issuer };
        if (answers.Proxy is not ProxyKind.None)
        {
            given["Turnstone:Proxies:Trusted"] = answers.ProxyAddress;
        }

        if (answers.MailHost.Length > 0)
        {
            given["Turnstone:Mail:Host"] = answers.MailHost;
            given["Turnstone:Mail:From"] = answers.MailFrom;
        }

        if (answers.MailUser.Length > 0)
        {
            given["Turnstone:Mail:User"] = answers.MailUser;
            given["Turnstone:Mail:Password"] = answers.MailPassword;
        }

        var file = new StringBuilder();
        Comment(
            file,
            "Settings of Turnstone, read at each start and by each command; written by turnstone-server init."
        );
        Comment(
            file,
            "A line that begins with # is a default. Lists are numbered: Turnstone__Proxies__Trusted__0, __1, …"
        );
        Comment(file, "Owned by root, mode 0600: it may hold passwords.");
        file.Append('\n');
        Comment(
            file,
            "The store: \"Data Source=file\" is SQLite, \"Host=…;Database=…;Username=…;Password=…\" PostgreSQL."
        );
        Line(file, "ConnectionStrings:Turnstone", database);
        Comment(file, "Where a single-file build keeps its native libraries.");
        file.Append("DOTNET_BUNDLE_EXTRACT_BASE_DIR=/var/lib/turnstone/.bundle\n");
        Group(file, TurnstoneSettings.Section, "The service as a whole.", new TurnstoneSettings(contracts), given);
        return file.ToString();
    }

    private static void Group(
        StringBuilder file,
        string path,
        string meaning,
        ISettings settings,
        IReadOnlyDictionary<string, string> given
    )
    {
        file.Append(CultureInfo.InvariantCulture, $"\n# --- {path}\n");
        Comment(file, meaning);
        foreach (
            var (property, setting) in SettingsReader
                .SettingsOf(settings.GetType())
                .Where(pair => !SettingsReader.IsGroup(pair.Property.PropertyType))
        )
        {
            var name = $"{path}:{property.Name}";
            var isList = property.PropertyType == typeof(IReadOnlyList<string>);
            file.Append('\n');
            Comment(file, setting.Default is { } words ? $"{setting.Meaning} Default: {words}." : setting.Meaning);
            if (given.TryGetValue(name, out var value))
            {
                Line(file, isList ? $"{name}:0" : name, value);
                continue;
            }

            file.Append('#');
            Line(file, isList ? $"{name}:0" : name, setting.Default is null ? Shown(property.GetValue(settings)) : "");
        }

        foreach (var group in SettingsReader.GroupsOf(settings))
        {
            Group(file, $"{path}:{group.Name}", group.Meaning, group.Settings, given);
        }
    }

    private static void Line(StringBuilder file, string name, string value)
    {
        var text = value.Any(letter => !char.IsAsciiLetterOrDigit(letter) && !"_-.:/@,+=".Contains(letter))
            ? $"\"{Escaped(value)}\""
            : value;
        file.Append(CultureInfo.InvariantCulture, $"{name.Replace(":", "__", StringComparison.Ordinal)}={text}\n");
    }

    // Between double quotes these four are special to a shell, and systemd takes them with a backslash too.
    private static string Escaped(string value) =>
        string.Concat(value.Select(letter => "\\\"$`".Contains(letter) ? $"\\{letter}" : $"{letter}"));

    private static string Shown(object? value) =>
        value switch
        {
            null => "",
            bool flag => flag ? "true" : "false",
            DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            IReadOnlyList<string> list => list.Count > 0 ? list[0] : "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static void Comment(StringBuilder file, string text)
    {
        var line = "#";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length + 1 > Width)
            {
                file.Append(line).Append('\n');
                line = "#";
            }

            line = $"{line} {word}";
        }

        file.Append(line).Append('\n');
    }
}
