using Microsoft.Extensions.Localization;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>Every setting as this node runs on it, to be read: it is changed where the server is started.</summary>
public sealed class SettingsPage(ServerSettings settings, IStringLocalizer<SettingMeanings> meanings) : AdministrationPage
{
    public IReadOnlyList<SettingGroup> Groups { get; } = SettingGroup.Of(settings.Turnstone);

    /// <summary>Where the store is, without the password.</summary>
    public string Store => settings.Database.ToString();

    public bool Production => settings.Production;

    public string Meaning(string? key, string? english) => key is not null && meanings[key] is { ResourceNotFound: false } translated ? translated : english ?? "";

    public void OnGet()
    {
    }
}
