using System.Globalization;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.LetterTexts;

/// <summary>A letter that the portal writes, and the operator's own words for it as they would be sent.</summary>
public sealed record LetterLine(LetterForm Form, string? Subject, string? Text)
{
    public bool IsOwn => Text is not null;
}

/// <summary>
/// Whose words every letter has. Own ones are shown as they would be sent: those that are not public yet, if there are
/// some.
/// </summary>
public sealed class LetterTextsPage(OwnLetters own, LetterText texts, LetterSamples samples, Preview preview)
    : AdministrationPage
{
    public const string Path = $"{AdministrationRoutes.Root}/settings/letters";

    public IReadOnlyList<LetterLine> Lines { get; private set; } = [];

    public void OnGet() => Lines = [.. LetterForm.All.Select(Line)];

    private LetterLine Line(LetterForm form)
    {
        if (own.Find(form, CultureInfo.CurrentUICulture, preview.OfLetters) is not { } text)
        {
            return new(form, null, null);
        }

        var (subject, sent) = texts.Write(text, () => samples.Of(form), preview.OfLetters);
        return new(form, subject, form == LetterForm.Closing ? text.Body : sent);
    }
}
