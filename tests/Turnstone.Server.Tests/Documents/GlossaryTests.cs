using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Documents;

public sealed partial class GlossaryTests
{
    private const int Most = 25;

    [Fact]
    public void It_has_few_words_each_once_and_in_a_line()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs/glossary.md"));
        var words = Row().Matches(text).Select(match => match.Groups["word"].Value).Except(["word"]).ToList();
        Assert.InRange(words.Count, 1, Most);
        Assert.Equal(words.Order(StringComparer.OrdinalIgnoreCase).Distinct(), words);
    }

    [GeneratedRegex(@"^\| (?<word>[^|-]+) \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
