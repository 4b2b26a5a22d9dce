using Turnstone.Server.Settings;

namespace Turnstone.Server.Tests.Settings;

public sealed class ConfigurationPageTests
{
    [Fact]
    public async Task The_page_of_settings_is_the_one_that_follows_from_the_code()
    {
        var page = Path.Combine(Repository(), "docs", "configuration.md");
        var generated = ConfigurationPage.Write();
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
            Groups(typeof(TurnstoneSettings)),
            group =>
                Assert.All(
                    group.GetProperties().Where(property => property.CanWrite && property.GetMethod!.IsPublic),
                    property => Assert.NotEmpty(property.GetCustomAttributes(typeof(SettingAttribute), inherit: true))
                )
        );
    }

    private static IEnumerable<Type> Groups(Type type) =>
        SettingsReader
            .SettingsOf(type)
            .Select(pair => pair.Property.PropertyType)
            .Where(inner => SettingsReader.IsGroup(inner) && inner != typeof(IReadOnlyList<string>))
            .SelectMany(Groups)
            .Prepend(type);

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Turnstone.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }
}
