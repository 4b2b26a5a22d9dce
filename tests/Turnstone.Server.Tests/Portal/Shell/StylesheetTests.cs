using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>The rooms' stylesheets become one, so a class of one room must not be another's.</summary>
public sealed partial class StylesheetTests
{
    private static readonly string Portal = Path.Combine(Repository.Root, "src/Turnstone.Server/Portal");

    [Fact]
    public void A_class_belongs_to_one_room()
    {
        var shared = ClassesOf(Path.Combine(Portal, "Shell/portal.css")).ToHashSet();
        var claims = System
            .IO.Directory.EnumerateFiles(Portal, "*.css", SearchOption.AllDirectories)
            .SelectMany(file =>
                ClassesOf(file)
                    .Where(name => !shared.Contains(name))
                    .Distinct()
                    .Select(name => (Name: name, Room: Path.GetFileName(file)))
            );

        var contested = claims
            .GroupBy(claim => claim.Name)
            .Where(rooms => rooms.Count() > 1)
            .Select(rooms => $"{rooms.Key}: {string.Join(", ", rooms.Select(claim => claim.Room))}")
            .ToList();

        Assert.True(contested.Count == 0, string.Join('\n', contested));
    }

    /// <summary>The classes that its selectors begin with.</summary>
    private static IEnumerable<string> ClassesOf(string file) =>
        Beginning().Matches(Comment().Replace(File.ReadAllText(file), "")).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?:^|[{},;])\s*\w*\.(?<name>[\w-]+)", RegexOptions.Multiline)]
    private static partial Regex Beginning();
}
