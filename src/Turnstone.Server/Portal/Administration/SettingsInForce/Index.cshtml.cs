using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>Every setting in force on this node, read-only.</summary>
public sealed class SettingsPage(ServerSettings settings, IStringLocalizer<SettingMeanings> meanings)
    : AdministrationPage
{
    /// <summary>A part of a name, a value or a meaning.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    public IReadOnlyList<SettingGroup> Groups =>
        [
            .. SettingGroup
                .Of(settings.Turnstone)
                .Select(group => group with { Lines = [.. group.Lines.Where(line => Matches(group, line))] })
                .Where(group => group.Lines.Count > 0),
        ];

    /// <summary>Where the store is, without the password.</summary>
    public string Store =>
        settings.Database switch
        {
            { File: { } file } => Words["StoreFile", file],
            { Database: { } database } place => Words["StoreServer", place.Host!, database],
            var place => Words["StoreOfUser", place.Host!],
        };

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

    private bool Matches(SettingGroup group, SettingLine line) =>
        Listing
            .Of([line], Find, null, one => [$"{group.Path}:{one.Name}", one.Value, string.Concat(Meaning(one))])
            .Found > 0;
}
