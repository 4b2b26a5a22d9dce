using Microsoft.Extensions.Localization;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>Every setting as this node runs on it, to be read: it is changed where the server is started.</summary>
public sealed class SettingsPage(ServerSettings settings, IStringLocalizer<SettingMeanings> meanings)
    : AdministrationPage
{
    public IReadOnlyList<SettingGroup> Groups { get; } = SettingGroup.Of(settings.Turnstone);

    /// <summary>Where the store is, without the password.</summary>
    public string Store => settings.Database.ToString();

    public bool Production => settings.Production;

    /// <summary>A meaning part by part: each second one stood between backticks and is a name or a value.</summary>
    public string[] Meaning(string? key, string? english) =>
        (
            key is not null && meanings[key] is { ResourceNotFound: false } translated
                ? translated.Value
                : english ?? ""
        ).Split('`');

    /// <summary>What a line means; one of several that make a limit says first what the limit is.</summary>
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
