using System.Globalization;
using Microsoft.Extensions.Localization;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// The subject and the text of a letter: in the operator's own words where there are some, otherwise in the portal's.
/// </summary>
public sealed class LetterText(OwnLetters own, TurnstoneSettings settings, IStringLocalizer<LetterWords> words)
{
    /// <param name="form">Which letter it is.</param>
    /// <param name="write">Its words and facts, in the current language.</param>
    public (string Subject, string Text) Write(LetterForm form, Func<LetterDraft> write)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(write);
        return own.Find(form, CultureInfo.CurrentUICulture) is { } text ? Write(text, write) : Write(form, write());
    }

    /// <summary>A text of the operator's as it would be sent with these facts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="write">The facts, in the current language.</param>
    /// <param name="preview">With what stands below each letter that is not public yet.</param>
    public (string Subject, string Text) Write(OwnLetter text, Func<LetterDraft> write, bool preview = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(write);
        var reader = CultureInfo.CurrentUICulture;
        try
        {
            // An English text in place of a German one is a letter in English from its first word to the last.
            CultureInfo.CurrentUICulture = text.Language is { } language
                ? CultureInfo.GetCultureInfo(language)
                : reader;
            var draft = write();
            var body = OwnLetter.Fill(text.Body, Brand(preview), draft);
            return Write(
                text.Form,
                new(OwnLetter.Fill(text.Subject, Brand(preview), draft), [body], draft.Facts),
                preview
            );
        }
        finally
        {
            CultureInfo.CurrentUICulture = reader;
        }
    }

    private (string Subject, string Text) Write(LetterForm form, LetterDraft draft, bool preview = false)
    {
        if (!form.Facts.ToHashSet().SetEquals(draft.Facts.Select(fact => fact.Place)))
        {
            throw new InvalidOperationException($"The facts of {form.Name} are not those of its form.");
        }

        var turnOff = $"{words["TurnOff"]}\n{settings.Issuer}{LetterPaths.Choose}";
        return (
            draft.Subject,
            string.Join(
                "\n\n",
                [.. draft.Paragraphs, .. form.MayBeOff ? [turnOff] : Array.Empty<string>(), Closing(preview)]
            ) + "\n"
        );
    }

    private string Closing(bool preview) =>
        own.Find(LetterForm.Closing, CultureInfo.CurrentUICulture, preview) is { } closing
            ? OwnLetter.Fill(closing.Body, Brand(preview))
            : Brand(preview);

    private string Brand(bool preview) =>
        preview && settings.Portal.Preview.HasBrand ? settings.Portal.Preview.Brand.Name : settings.Portal.Brand.Name;
}
