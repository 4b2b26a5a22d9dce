using Microsoft.Extensions.Localization;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>Every setting in force on this node, read-only.</summary>
public sealed class SettingsPage(ServerSettings settings, IStringLocalizer<SettingMeanings> meanings)
    : AdministrationPage
{
    public IReadOnlyList<SettingGroup> Groups { get; } = SettingGroup.Of(settings.Turnstone);

    /// <summary>Where the store is, without the password.</summary>
    public string Store => settings.Database.ToString();

    public bool Production => settings.Production;

    /// <summary>Splits a meaning at backticks: every second part is a name or a value.</summary>
    public string[] Meaning(string? key, string? english) =>
        (
            key is not null && meanings[key] is { ResourceNotFound: false } translated
                ? translated.Value
                : english ?? ""
        ).Split('`');

    /// <summary>The meaning of a line; a line of a limit begins with the limit's meaning.</summary>
    public string[] Meaning(SettingLine line) =>
        line.Above is { } above
            ?
            [
                .. Meaning(above.Key, above.Meaning)[..^1],
                $"{Meaning(above.Key, above.Meaning)[^1]} {string.Concat(Meaning(line.Key, line.Setting.Meaning))}",
            ]
            : Meaning(line.Key, line.Setting.Meaning);

    public void OnGet() { }
}
