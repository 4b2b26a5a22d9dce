using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Turnstone.Server.Settings;

/// <summary>
/// Reads settings over their defaults and collects everything that is wrong with them. Unlike the framework's binder it
/// checks ranges, never shows a secret, and reports unknown names instead of ignoring them.
/// </summary>
public sealed class SettingsReader
{
    private readonly List<string> problems = [];

    public IReadOnlyList<string> Problems => problems;

    /// <summary>
    /// The settings of a section; <paramref name="settings"/> has the defaults for those that are missing.
    /// </summary>
    public T Read<T>(IConfigurationSection section, T settings)
        where T : ISettings
    {
        ReadInto(section, settings);
        return settings;
    }

    /// <summary>The properties that are settings, in the order of the source.</summary>
    public static IEnumerable<(PropertyInfo Property, SettingAttribute Setting)> SettingsOf(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type
    ) =>
        type.GetProperties()
            .Select(property => (Property: property, Setting: property.GetCustomAttribute<SettingAttribute>()))
            .Where(pair => pair.Setting is not null)
            .Select(pair => (pair.Property, pair.Setting!))
            .OrderBy(pair => pair.Property.DeclaringType == type ? 1 : 0);

    public static bool IsGroup(Type type) => type.IsAssignableTo(typeof(ISettings));

    /// <summary>The groups within these settings.</summary>
    public static IEnumerable<SettingsGroup> GroupsOf(ISettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings is ISettingsGroups named
            ? named.Groups
            : SettingsOf(settings.GetType())
                .Where(pair => IsGroup(pair.Property.PropertyType))
                .Select(pair => new SettingsGroup(
                    pair.Property.Name,
                    KeyOf(pair.Property),
                    pair.Setting.Meaning,
                    (ISettings)pair.Property.GetValue(settings)!
                ));
    }

    /// <summary>The name of a setting's meaning in the translations.</summary>
    public static string KeyOf(PropertyInfo property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return $"{property.DeclaringType!.Name}_{property.Name}";
    }

    private void ReadInto(IConfigurationSection section, ISettings settings)
    {
        var known = SettingsOf(settings.GetType())
            .ToDictionary(pair => pair.Property.Name, StringComparer.OrdinalIgnoreCase);
        var groups = GroupsOf(settings).ToDictionary(group => group.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (groups.TryGetValue(child.Key, out var group))
            {
                ReadInto(child, group.Settings);
            }
            else if (known.TryGetValue(child.Key, out var pair))
            {
                ReadOne(child, settings, pair.Property, pair.Setting);
            }
            else
            {
                var names = string.Join(", ", known.Keys.Union(groups.Keys));
                problems.Add($"{child.Path} is not a setting: remove it or correct its name ({names}).");
            }
        }
    }

    private void ReadOne(
        IConfigurationSection section,
        ISettings settings,
        PropertyInfo property,
        SettingAttribute setting
    )
    {
        if (property.PropertyType == typeof(IReadOnlyList<string>))
        {
            property.SetValue(settings, section.GetChildren().Select(item => item.Value).OfType<string>().ToList());
        }
        else if (section.Value is { } text && Parse(text, property.PropertyType) is { } value)
        {
            CheckRange(section.Path, value, setting);
            property.SetValue(settings, value);
        }
        else
        {
            var shown = setting.Secret || section.Value is null ? "" : $" \"{section.Value}\"";
            problems.Add(
                $"{section.Path} has a value{shown} that cannot be read: give it {Kind(property.PropertyType)}."
            );
        }
    }

    private void CheckRange(string path, object value, SettingAttribute setting)
    {
        if (value is int number && (number < setting.Min || number > setting.Max))
        {
            problems.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path} is {number}: give it a number from {setting.Min} to {setting.Max}."
                )
            );
        }
    }

    private static object? Parse(string text, Type type) =>
        type == typeof(string) ? text.Trim()
        : type == typeof(int)
            ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
                : null
        : type == typeof(bool)
            ? bool.TryParse(text, out var flag) ? flag
                : null
        : type == typeof(DateTimeOffset)
            ? DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? time
                : null
        : type.IsEnum
            ? Array.Exists(Enum.GetNames(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase))
                    ? Enum.Parse(type, text, ignoreCase: true)
                : null
        : throw new NotSupportedException($"No setting has the type {type.Name}.");

    private static string Kind(Type type) =>
        type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(DateTimeOffset) ? "a time such as 2027-01-31T00:00:00Z"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : "a text";
}
