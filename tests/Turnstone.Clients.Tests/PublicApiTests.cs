using System.Reflection;
using Turnstone.Client;

namespace Turnstone.Clients.Tests;

/// <summary>What the .NET client shows is listed in a file, so that nothing changes unnoticed.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static string ListFile =>
        Path.Combine(Repository.Root, "clients", "dotnet", "Turnstone.Client", "PublicApi.txt");

    [Fact]
    public async Task The_public_members_are_those_of_the_list()
    {
        var found = string.Join('\n', Members().Order(StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("TURNSTONE_UPDATE_GOLDEN") is not null)
        {
            await File.WriteAllTextAsync(ListFile, found, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(ListFile, TestContext.Current.CancellationToken), found);
    }

    private static IEnumerable<string> Members() =>
        from type in typeof(TurnstoneSession).Assembly.GetExportedTypes()
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
