using System.Text.RegularExpressions;
using System.Xml.Linq;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Activity;

/// <summary>What the program writes into the record as a detail, a reader finds in words of his language.</summary>
public sealed partial class WrittenDetailsTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src");

    [Fact]
    public void Every_detail_that_is_written_has_its_words()
    {
        var words = XDocument
            .Load(Path.Combine(Sources, "Turnstone.Server/Portal/Activity/ActivityWords.resx"))
            .Descendants("data")
            .Select(word => (string)word.Attribute("name")!)
            .ToHashSet();

        var written = System
            .IO.Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/Contracts/", StringComparison.Ordinal)
            )
            .SelectMany(file => Written().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["detail"].Captures)
            .Select(detail => detail.Value)
            .ToHashSet();

        Assert.Superset(new HashSet<string> { "passkey added", "password set", "keys registered" }, written);
        Assert.DoesNotContain(written, detail => !words.Contains($"Detail_{detail}"));
    }

    /// <summary>Texts that begin small and have no place for anything else, where an entry takes its detail.</summary>
    [GeneratedRegex(
        """(?:ChangeAsync\(\s*\w+,|Detail =|AuditEvent\.\w+,|\},)\s*"""
            + """(?:[^";]{0,60}\? "(?<detail>[a-z][^"{]*)" : )?"(?<detail>[a-z][^"{]*)\x22,?\s*[^"\s]"""
    )]
    private static partial Regex Written();
}
