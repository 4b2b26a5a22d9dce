using NetArchTest.Rules;
using Turnstone.Model;

namespace Turnstone.Tests;

/// <summary>The folders of the core in their order: each may use only those before it.</summary>
public sealed class FolderOrderTests
{
    /// <summary>Folders in one entry do not know each other either.</summary>
    private static readonly string[][] Order =
    [
        ["Model"],
        ["Storage"],
        ["Tokens"],
        ["Sessions"],
        ["Limits", "Audit", "Foreign"],
        ["Credentials"],
        ["Directory"],
        ["Revocation"],
        ["Authorization"],
        ["Grants"],
        ["Administration"],
    ];

    [Fact]
    public void Each_folder_is_in_the_order() =>
        Assert.Equal(
            Order.SelectMany(level => level).Order(StringComparer.Ordinal),
            Types
                .InAssembly(typeof(SessionId).Assembly)
                .That()
                .ResideInNamespaceStartingWith("Turnstone")
                .GetTypes()
                .Select(type => type.Namespace!.Split('.')[1])
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void A_folder_uses_only_those_before_it() => Assert.Empty(Breaks());

    private static IEnumerable<string> Breaks() =>
        from level in Enumerable.Range(0, Order.Length)
        from folder in Order[level]
        from other in Order[level..].SelectMany(later => later)
        where other != folder
        from type in Types
            .InAssembly(typeof(SessionId).Assembly)
            .That()
            .ResideInNamespaceMatching($@"^Turnstone\.{folder}(\.|$)")
            .And()
            .HaveDependencyOn($"Turnstone.{other}")
            .GetTypes()
        select $"{type.FullName!["Turnstone.".Length..]} → {other}";
}
