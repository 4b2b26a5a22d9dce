using System.Text.RegularExpressions;
using System.Xml.Linq;
using Turnstone.Server.Portal;
using Turnstone.Server.Portal.Guides;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal;

/// <summary>Every word of the portal stands in a resource file, in every language, and is used.</summary>
public sealed partial class WordsTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src/Turnstone.Server");

    private static readonly Dictionary<string, string> Code = System
        .IO.Directory.EnumerateFiles(Sources, "*.cs*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".cshtml" && !InBuild(file))
        .ToDictionary(file => file, File.ReadAllText);

    /// <summary>Each room by the name of its words: the folder, and the resource file without its ending.</summary>
    private static readonly Dictionary<string, string> Rooms = System
        .IO.Directory.EnumerateFiles(Sources, "*Words.resx", SearchOption.AllDirectories)
        .Where(file => !InBuild(file))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => Path.ChangeExtension(file, null));

    /// <summary>The words of each room in the first language.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> First = Rooms.Keys.ToDictionary(
        words => words,
        words => Read(words)
    );

    /// <summary>
    /// What keys are put together of in each file: how they begin before a place, and how they end behind one.
    /// </summary>
    private static readonly Dictionary<string, (string[] Beginnings, string[] Endings)> PutTogether = Code.ToDictionary(
        file => file.Key,
        file => (Parts(Beginning(), file.Value), Parts(Ending(), file.Value))
    );

    /// <summary>Whatever stands between two quotation marks in each file.</summary>
    private static readonly Dictionary<string, HashSet<string>> Quoted = Code.ToDictionary(
        file => file.Key,
        file => Quotation().Matches(file.Value).Select(match => match.Groups["part"].Value).ToHashSet()
    );

    /// <summary>What can be put before an ending: a text of some code, or the name of an enum's member.</summary>
    private static readonly HashSet<string> Names =
    [
        .. Quoted.Values.SelectMany(quoted => quoted),
        .. Code.Values.SelectMany(text => Member().Matches(text)).Select(match => match.Groups["part"].Value),
    ];

    /// <summary>What each file calls the words that it has.</summary>
    private static readonly Dictionary<string, (string Words, string Name)[]> Called = Code.ToDictionary(
        file => file.Key,
        file => NamesIn(file.Key, file.Value)
    );

    /// <summary>The words of the rooms that each file lies in.</summary>
    private static readonly Dictionary<string, string[]> RoomsOf = Code.Keys.ToDictionary(
        file => file,
        file =>
            Rooms
                .Where(room =>
                    file.StartsWith(
                        Path.GetDirectoryName(room.Value)! + Path.DirectorySeparatorChar,
                        StringComparison.Ordinal
                    )
                )
                .Select(room => room.Key)
                .ToArray()
    );

    public static TheoryData<string> Words => new(Rooms.Keys.Order());

    public static TheoryData<string> Pages =>
        new(
            Code.Keys.Where(file => file.EndsWith(".cshtml", StringComparison.Ordinal) && !IsText(file))
                .Select(file => Path.GetRelativePath(Sources, file))
                .Order()
        );

    public static TheoryData<string> Guides => new(Guide.All.Select(guide => guide.Word));

    /// <summary>In German everybody is <em>du</em>, and a few things have one word and no other.</summary>
    [Theory]
    [MemberData(nameof(Words))]
    public void German_speaks_to_everybody_alike_and_calls_a_thing_by_one_word(string words) =>
        Assert.All(
            Read(words, "de").Values,
            text => Assert.DoesNotMatch(@"\p{L}en Sie\b|\bIhnen\b|Einwilligung|Vertrag|Identity-Provider|\bId\b", text)
        );

    /// <summary>What has a word of its own in the portal has no second one in English either.</summary>
    [Theory]
    [MemberData(nameof(Words))]
    public void English_calls_a_thing_by_one_word(string words) =>
        Assert.All(
            First[words].Values,
            text =>
                Assert.DoesNotMatch(
                    @"\blet in\b|\bMake an?\b|\b(was|are|is) made\b|\b[Ss]econd step\b|\bnew text\b",
                    text
                )
        );

    [Theory]
    [MemberData(nameof(Words))]
    public void Every_language_has_the_same_words_with_the_same_places(string words)
    {
        var first = First[words];
        Assert.NotEmpty(first);
        foreach (var language in PortalServices.Languages.Skip(1))
        {
            var other = Read(words, language.Name);
            Assert.Equal(first.Keys.Order(), other.Keys.Order());
            Assert.All(first.Keys, key => Assert.Equal(Places(first[key]), Places(other[key])));
            Assert.All(first.Values.Concat(other.Values), text => Assert.False(string.IsNullOrWhiteSpace(text)));
        }
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void Every_word_that_is_asked_for_is_there(string words)
    {
        var known = First[words].Keys;
        foreach (var (file, text) in Code)
        {
            foreach (var (_, name) in Called[file].Where(one => one.Words == words))
            {
                var asked = Regex
                    .Matches(text, $@"\b{name}\[""(?<key>\w+)""")
                    .Select(match => match.Groups["key"].Value);
                Assert.All(
                    asked,
                    key =>
                        Assert.True(
                            known.Contains(key),
                            $"{Path.GetRelativePath(Sources, file)} asks for {key}, which {words} does not have."
                        )
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void Every_word_is_used(string words)
    {
        var unused = First[words]
            .Keys.Where(key => !Code.Any(file => Speaks(words, key, file.Key) && Uses(file.Key, key)))
            .ToList();

        Assert.True(unused.Count == 0, $"{words} has words that nothing shows: {string.Join(", ", unused)}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_no_sentence_of_its_own(string page)
    {
        var sentences = RazorText.Sentences(Code[Path.Combine(Sources, page)]).ToList();

        Assert.True(sentences.Count == 0, $"{page}: {string.Join(" | ", sentences)}");
    }

    [Theory]
    [InlineData("<p>Hello there</p>")]
    [InlineData("<p>@T[\"Key\"] and more words</p>")]
    [InlineData("@if (Model.List.Any(one => one > 1))\n{\n    <p>Two words</p>\n}\n")]
    [InlineData("<a aria-label=\"Read on\" href=\"/\">x</a>")]
    public void A_sentence_of_its_own_is_found(string page) => Assert.NotEmpty(RazorText.Sentences(page));

    [Theory]
    [InlineData("@page \"/portal/x\"\n@model Some.Page\n<p>@T[\"Key\", Model.Name] <code>GET /two words</code></p>\n")]
    [InlineData(
        "@foreach (var one in Model.List)\n{\n    var name = one.Name;\n    <p>@name</p>\n}\n"
            + "else if (two words)\n{\n}\n"
    )]
    [InlineData("<p aria-label=\"@T[\"Key\"]\">Turnstone @(Model.Some ? \"two words\" : null)</p>")]
    public void Code_and_words_that_are_asked_for_are_no_sentence(string page) =>
        Assert.Empty(RazorText.Sentences(page));

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_guide_says_the_same_in_every_language(string guide)
    {
        var first = Shape(guide, PortalServices.Languages[0].Name);
        Assert.All(PortalServices.Languages.Skip(1), language => Assert.Equal(first, Shape(guide, language.Name)));
    }

    private static Dictionary<string, string> Read(string words, string? language = null) =>
        XDocument
            .Load($"{Rooms[words]}{(language is null ? "" : $".{language}")}.resx")
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Places(string text) =>
        Place().Matches(text).Select(match => match.Value).Distinct().Order();

    private static (string Words, string Name)[] NamesIn(string file, string text)
    {
        var imports = file.EndsWith(".cshtml", StringComparison.Ordinal) ? Imports(file) : [];

        // Of two that are called the same the nearer one is meant.
        return
        [
            .. imports
                .Prepend(text)
                .SelectMany(source => Injected().Matches(source))
                .Select(match => (match.Groups["words"].Value, match.Groups["name"].Value))
                .DistinctBy(one => one.Item2),
        ];
    }

    // The imports of the folders above a page hold for it, the nearest first.
    private static IEnumerable<string> Imports(string page)
    {
        for (
            var folder = Path.GetDirectoryName(page)!;
            folder.StartsWith(Sources, StringComparison.Ordinal);
            folder = Path.GetDirectoryName(folder)!
        )
        {
            if (Code.TryGetValue(Path.Combine(folder, "_ViewImports.cshtml"), out var imports))
            {
                yield return imports;
            }
        }
    }

    /// <summary>
    /// Whether a key in this file can be one of these words: in their own room, or in a room whose own words do not
    /// have it.
    /// </summary>
    private static bool Speaks(string words, string key, string file) =>
        RoomsOf[file].Contains(words) || !RoomsOf[file].Any(other => First[other].ContainsKey(key));

    /// <summary>
    /// As it is, or put together: the beginning before a place, or the end behind one when the beginning is a name that
    /// something has.
    /// </summary>
    private static bool Uses(string file, string key) =>
        Quoted[file].Contains(key)
        || PutTogether[file].Beginnings.Any(beginning => key.StartsWith(beginning, StringComparison.Ordinal))
        || PutTogether[file]
            .Endings.Any(end => key.EndsWith(end, StringComparison.Ordinal) && Names.Contains(key[..^end.Length]));

    private static string[] Parts(Regex what, string text) =>
        [.. what.Matches(text).Select(match => match.Groups["part"].Value).Distinct()];

    private static (string Headings, string Links, string Codes, int Rows, int Samples) Shape(
        string guide,
        string language
    )
    {
        var text = Code[Path.Combine(Sources, $"Portal/Guides/Texts/{guide}.{language}.cshtml")];
        string All(Regex what) => string.Join('\n', what.Matches(text).Select(match => match.Groups["part"].Value));
        string Sorted(Regex what) =>
            string.Join(
                '\n',
                what.Matches(text).Select(match => match.Groups["part"].Value).Order(StringComparer.Ordinal)
            );
        return (
            All(Heading()),
            Sorted(Link()),
            Sorted(Literal()),
            Regex.Count(text, "<tr>"),
            Regex.Count(text, "<partial ")
        );
    }

    private static bool IsText(string file) => file.Contains("/Portal/Guides/Texts/", StringComparison.Ordinal);

    private static bool InBuild(string file) => BuildFolder().IsMatch(file);

    [GeneratedRegex(@"/(bin|obj)/")]
    private static partial Regex BuildFolder();

    [GeneratedRegex(@"\{\d+[^}]*\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"IStringLocalizer<(?<words>\w+)>\s+(?<name>\w+)")]
    private static partial Regex Injected();

    // The closing mark may open the next one: which is which is not asked.
    [GeneratedRegex(@"""(?<part>[^""\n]*)(?="")")]
    private static partial Regex Quotation();

    [GeneratedRegex(@"^\s*(?<part>\w+),\s*$", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"\$""(?<part>\w+)\{")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\$""\{[^""}]*\}(?<part>\w+)""")]
    private static partial Regex Ending();

    [GeneratedRegex("<h[23] id=\"(?<part>[^\"]+)\"")]
    private static partial Regex Heading();

    [GeneratedRegex("href=\"(?<part>[^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex("<code>(?<part>.*?)</code>")]
    private static partial Regex Literal();
}
