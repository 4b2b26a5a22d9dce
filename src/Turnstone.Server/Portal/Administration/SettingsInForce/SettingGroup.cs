using System.Collections;
using System.Globalization;
using System.Reflection;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>A setting in force. The values of secrets are not included.</summary>
/// <param name="Name">Its name within the group.</param>
/// <param name="Key">The name of its meaning in the translations.</param>
/// <param name="Value">The value as text; null for one that is empty, and for every secret.</param>
/// <param name="IsSet">Whether it has a value at all.</param>
/// <param name="Changed">Whether it is other than the default.</param>
/// <param name="Above">For one of several that make a limit together: the key and the meaning of the limit.</param>
public sealed record SettingLine(
    string Name,
    string Key,
    SettingAttribute Setting,
    string? Value,
    bool IsSet,
    bool Changed,
    (string Key, string Meaning)? Above = null
)
{
    public string? Range =>
        double.IsInfinity(Setting.Min)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Setting.Min}–{Setting.Max}");
}

/// <summary>A group of settings, read from the classes that docs/configuration.md is generated from.</summary>
public sealed record SettingGroup(string Path, string? Key, string? Meaning, IReadOnlyList<SettingLine> Lines)
{
    public static IReadOnlyList<SettingGroup> Of(TurnstoneSettings settings) =>
        [.. Groups(TurnstoneSettings.Section, null, null, settings, new TurnstoneSettings(settings.Contracts.All))];

    private static IEnumerable<SettingGroup> Groups(
        string path,
        string? key,
        string? meaning,
        ISettings settings,
        ISettings defaults
    )
    {
        var all = SettingsReader.SettingsOf(settings.GetType()).ToList();
        yield return new(
            path,
            key,
            meaning,
            [.. all.SelectMany(pair => LinesOf(pair.Property, pair.Setting, settings, defaults))]
        );
        foreach (var (group, unchanged) in SettingsReader.GroupsOf(settings).Zip(SettingsReader.GroupsOf(defaults)))
        {
            if (group.Settings is RateSettings)
            {
                continue;
            }

            foreach (
                var inner in Groups(
                    $"{path}:{group.Name}",
                    group.Key,
                    group.Meaning,
                    group.Settings,
                    unchanged.Settings
                )
            )
            {
                yield return inner;
            }
        }
    }

    /// <summary>A limit has two numbers, which are shown in the table of its group.</summary>
    private static IEnumerable<SettingLine> LinesOf(
        PropertyInfo property,
        SettingAttribute setting,
        object settings,
        object defaults
    ) =>
        !SettingsReader.IsGroup(property.PropertyType) ? [Line(property, setting, settings, defaults)]
        : property.PropertyType != typeof(RateSettings) ? []
        : SettingsReader
            .SettingsOf(typeof(RateSettings))
            .Select(inner =>
            {
                var line = Line(
                    inner.Property,
                    inner.Setting,
                    property.GetValue(settings)!,
                    property.GetValue(defaults)!
                );
                return line with
                {
                    Name = $"{property.Name}:{line.Name}",
                    Above = (SettingsReader.KeyOf(property), setting.Meaning),
                };
            });

    private static SettingLine Line(PropertyInfo property, SettingAttribute setting, object settings, object defaults)
    {
        var text = Text(property.GetValue(settings));
        return new(
            property.Name,
            SettingsReader.KeyOf(property),
            setting,
            setting.Secret ? null : text,
            text is not null,
            text != Text(property.GetValue(defaults))
        );
    }

    private static string? Text(object? value)
    {
        var text = value switch
        {
            string one => one,
            bool one => one ? "true" : "false",
            IEnumerable many => string.Join(", ", many.Cast<object?>()),
            DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
        return string.IsNullOrEmpty(text) ? null : text;
    }
}
