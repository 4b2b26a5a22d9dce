using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Settings;

public sealed class ConfigurationPageTests
{
    [Fact]
    public async Task The_page_of_settings_is_the_one_that_follows_from_the_code()
    {
        var page = Path.Combine(Repository.Root, "docs", "configuration.md");
        var generated = ConfigurationPage.Write(AllContracts.List);
        if (Environment.GetEnvironmentVariable("TURNSTONE_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(page, generated, TestContext.Current.CancellationToken);
        }

        Assert.True(
            File.Exists(page) && await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken) == generated,
            "docs/configuration.md is stale: run TURNSTONE_UPDATE_DOCS=1 ./test --filter ConfigurationPage and "
                + "read the difference."
        );
    }

    [Fact]
    public void Every_setting_says_what_it_is_for()
    {
        Assert.All(
            Groups(new TurnstoneSettings(AllContracts.List)),
            group =>
                Assert.All(
                    group.GetProperties().Where(property => property.CanWrite && property.GetMethod!.IsPublic),
                    property => Assert.NotEmpty(property.GetCustomAttributes(typeof(SettingAttribute), inherit: true))
                )
        );
    }

    private static IEnumerable<Type> Groups(ISettings settings) =>
        SettingsReader.GroupsOf(settings).SelectMany(group => Groups(group.Settings)).Prepend(settings.GetType());
}
