using System.Reflection;

namespace Turnstone.Clients.Tests;

/// <summary>What the .NET libraries show is listed in a file, so that nothing changes unnoticed.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Libraries =>
        [
            "Turnstone.Client",
            "Turnstone.Client.DependencyInjection",
            "Turnstone.AspNetCore",
            "Turnstone.AspNetCore.OpenApi",
        ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_public_members_are_those_of_the_list(string library)
    {
        var list = Path.Combine(Repository.Root, "clients", "dotnet", library, "PublicApi.txt");
        var found = string.Join('\n', Members(Assembly.Load(library)).Order(StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("TURNSTONE_UPDATE_GOLDEN") is not null)
        {
            await File.WriteAllTextAsync(list, found, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken), found);
    }

    private static IEnumerable<string> Members(Assembly library) =>
        from type in library.GetExportedTypes()
        from member in type.GetMembers(Declared)
        where IsShown(member)
        select $"{type.Name}: {member}";

    private static bool IsShown(MemberInfo member) =>
        member switch
        {
            MethodBase { IsSpecialName: true, IsConstructor: false } => false,
            MethodBase method => method.IsPublic || method.IsFamily,
            PropertyInfo property => property.GetAccessors().Length > 0,
            FieldInfo field => field.IsPublic,
            EventInfo => true,
            Type nested => nested.IsNestedPublic,
            _ => false,
        };
}
