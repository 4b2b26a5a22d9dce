using System.Globalization;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Letters;

/// <summary>
/// The operator's own words in letters, read once at start. A text that a letter could not be written with stops the
/// start with a sentence.
/// </summary>
public sealed class OwnLetters(TurnstoneSettings settings) : IPreparationStep
{
    private readonly LetterFolder open = new("Turnstone:Portal:Letters");
    private readonly LetterFolder previewed = new("Turnstone:Portal:Preview:Letters");

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        var (brand, preview) = (settings.Portal.Brand.Name, settings.Portal.Preview);
        open.Read(settings.Portal.Letters, brand);
        previewed.Read(preview.Letters, preview.HasBrand ? preview.Brand.Name : brand);
        List<string> problems = [.. open.Problems, .. previewed.Problems];
        return problems.Count == 0 ? Task.CompletedTask : throw new SettingsException(problems);
    }

    /// <summary>The operator's text of a letter; null for the portal's own.</summary>
    /// <param name="form">Of which letter.</param>
    /// <param name="language">The reader's language.</param>
    /// <param name="preview">Of those that are not public yet.</param>
    public OwnLetter? Find(LetterForm form, CultureInfo language, bool preview = false) =>
        (preview ? previewed : open).Find(form, language);
}
