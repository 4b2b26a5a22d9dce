using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Reference;

/// <summary>An OpenAPI document of the operator's own API.</summary>
/// <param name="Name">The name of its file, without the ending.</param>
/// <param name="Title">The title of its API.</param>
/// <param name="Json">The file.</param>
/// <param name="Origins">Where its calls go.</param>
public sealed record OwnDocument(string Name, string Title, byte[] Json, IReadOnlyList<string> Origins);

/// <summary>
/// The operator's own OpenAPI documents: the JSON files of one folder, read once at start, and those that
/// administrators see before the others. A file that is no such document stops the start with a sentence.
/// </summary>
public sealed class OwnDocuments(TurnstoneSettings settings, ContractList contracts, Preview preview) : IPreparationStep
{
    public const string Root = "/openapi/own";

    /// <summary>Below the portal, whose pages alone know who is signed in.</summary>
    public const string PreviewRoot = $"{ReferencePages.Page}/preview";

    private readonly DocumentFolder open = new("Turnstone:Portal:Documents", contracts);
    private readonly DocumentFolder previewed = new("Turnstone:Portal:Preview:Documents", contracts);

    /// <summary>Those that this request's reader sees, in the order of their names.</summary>
    public IReadOnlyList<OwnDocument> All => preview.OfDocuments ? previewed.All : open.All;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        open.Read(settings.Portal.Documents);
        previewed.Read(settings.Portal.Preview.Documents);
        List<string> problems = [.. open.Problems, .. previewed.Problems];
        return problems.Count == 0 ? Task.CompletedTask : throw new SettingsException(problems);
    }

    /// <summary>The address of one of those that the reader sees.</summary>
    public string Url(OwnDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return $"{(preview.OfDocuments ? PreviewRoot : Root)}/{document.Name}.json";
    }

    public IResult Answer(string name) => open.Answer(name);

    /// <summary>One that is not public yet, for those who may see it.</summary>
    public IResult AnswerPreview(string name) =>
        preview.OfDocuments ? previewed.Answer(name) : Results.StatusCode(StatusCodes.Status404NotFound);
}
