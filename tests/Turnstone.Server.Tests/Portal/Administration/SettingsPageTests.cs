using System.Globalization;
using System.Net;
using Turnstone.Server.Portal.Administration.SettingsInForce;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>The settings in force, and what each means.</summary>
public sealed class SettingsPageTests
{
    [Fact]
    public async Task Settings_are_shown_with_their_range_and_secrets_only_as_set()
    {
        var key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
        await using var server = await Administrators.StartAsync(["Turnstone:CodeSeconds=77"]);
        using var ada = await Visitor.SignedInAsync(server);

        var page = await ada.PageAsync("/portal/admin/settings");
        Assert.Contains("<code>77</code>", page, StringComparison.Ordinal);
        Assert.Contains("1–600", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("SQLite, in the file ", page, StringComparison.Ordinal);

        var groups = SettingGroup.Of(
            new TurnstoneSettings(AllContracts.List)
            {
                MasterKey = key,
                PreviousMasterKeys = [key],
                Mail = new() { Password = key },
                Clients = new() { RegistrationTokens = [key] },
            }
        );
        var secrets = groups.SelectMany(group => group.Lines).Where(line => line.Setting.Secret).ToList();
        Assert.Equal(4, secrets.Count);
        Assert.All(secrets, line => Assert.True(line is { Value: null, IsSet: true }));
        Assert.DoesNotContain(
            groups.SelectMany(group => group.Lines),
            line => line.Value?.Contains(key, StringComparison.Ordinal) is true
        );
    }

    [Fact]
    public void Every_setting_has_its_meaning_in_german_too()
    {
        var german = new System.Resources.ResourceManager(typeof(SettingMeanings)).GetResourceSet(
            CultureInfo.GetCultureInfo("de"),
            true,
            false
        )!;
        var groups = SettingGroup.Of(new TurnstoneSettings(AllContracts.List));

        var missing = groups
            .Select(group => group.Key)
            .OfType<string>()
            .Concat(groups.SelectMany(group => group.Lines).Select(line => line.Key))
            .Distinct()
            .Where(key => german.GetString(key) is null);

        Assert.Equal([], missing);
    }
}
