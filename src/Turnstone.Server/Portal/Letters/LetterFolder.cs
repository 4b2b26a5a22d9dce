using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Portal.Letters;

/// <summary>The operator's own texts of letters, from one folder.</summary>
/// <param name="setting">The setting that names the folder.</param>
internal sealed partial class LetterFolder(string setting)
{
    private const int Largest = 16 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> problems = [];
    private readonly List<OwnLetter> texts = [];

    /// <summary>What is wrong with its files.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>
    /// The text of a letter: that of the language, or the one for all, or the English one; null for the portal's own.
    /// </summary>
    public OwnLetter? Find(LetterForm form, CultureInfo language) =>
        Of(form, language.Name) ?? Of(form, null) ?? Of(form, PortalServices.Languages[0].Name);

    public void Read(string folder, string brand)
    {
        if (folder.Length == 0)
        {
            return;
        }

        if (!System.IO.Directory.Exists(folder))
        {
            problems.Add($"{setting} names \"{folder}\", which is no folder: give one of texts of letters.");
            return;
        }

        foreach (var file in System.IO.Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal))
        {
            var (text, problem) = ReadFile(file);
            foreach (var said in problem is null ? text!.Problems(brand) : [problem])
            {
                problems.Add($"{setting}: {Path.GetFileName(file)} {said}");
            }

            if (text is not null)
            {
                texts.Add(text);
            }
        }
    }

    private OwnLetter? Of(LetterForm form, string? language) =>
        texts.FirstOrDefault(text => text.Form == form && text.Language == language);

    private static (OwnLetter? Text, string? Problem) ReadFile(string file)
    {
        var name = Name().Match(Path.GetFileName(file));
        if (LetterForm.All.FirstOrDefault(one => one.Name == name.Groups["form"].Value) is not { } form)
        {
            var names = string.Join(", ", LetterForm.All.Select(one => one.Name));
            return (null, $"needs another name: one of {names}, then .txt, .en.txt or .de.txt.");
        }

        if (new FileInfo(file).Length > Largest)
        {
            return (null, "has more than 16 KiB.");
        }

        string all;
        try
        {
            all = Utf8.GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF').ReplaceLineEndings("\n").Trim();
        }
        catch (DecoderFallbackException)
        {
            return (null, "is no text in UTF-8.");
        }

        if (all.Any(letter => char.IsControl(letter) && letter != '\n'))
        {
            return (null, "has a control character: write spaces in place of tabs.");
        }

        // A line of spaces is one without text.
        all = string.Join('\n', all.Split('\n').Select(line => line.TrimEnd()));
        var language = name.Groups["language"] is { Success: true } given ? given.Value : null;
        if (form == LetterForm.Closing)
        {
            return (new OwnLetter(form, language, "", all), null);
        }

        var parts = all.Split('\n', 3);
        return parts is [var subject, "", var body]
            ? (new OwnLetter(form, language, subject, body.Trim()), null)
            : (new OwnLetter(form, language, "", all), null);
    }

    [GeneratedRegex(@"^(?<form>[a-z-]+)(\.(?<language>en|de))?\.txt$")]
    private static partial Regex Name();
}
