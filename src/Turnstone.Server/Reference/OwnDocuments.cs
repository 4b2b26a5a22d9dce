using System.Text.Json;
using System.Text.RegularExpressions;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Reference;

/// <summary>An OpenAPI document of the operator's own API.</summary>
/// <param name="Name">The name of its file, without the ending.</param>
/// <param name="Title">The title of its API.</param>
/// <param name="Json">The file.</param>
/// <param name="Origins">Where its calls go.</param>
public sealed record OwnDocument(string Name, string Title, byte[] Json, IReadOnlyList<string> Origins);

/// <summary>
/// The operator's own OpenAPI documents: the JSON files of one folder, read once at start. A file that is no such
/// document stops the start with a sentence.
/// </summary>
public sealed partial class OwnDocuments(TurnstoneSettings settings, ContractList contracts) : IPreparationStep
{
    public const string Root = "/openapi/own";

    private const int Largest = 2 * 1024 * 1024;
    private const int LongestTitle = 60;

    private readonly List<string> problems = [];

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<OwnDocument> All { get; private set; } = [];

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        All = [.. Files(settings.Portal.Documents).Select(Read).OfType<OwnDocument>()];
        return problems.Count == 0 ? Task.CompletedTask : throw new SettingsException(problems);
    }

    public IResult Answer(string name) =>
        All.FirstOrDefault(document => document.Name == name) is { } found
            ? Results.Bytes(found.Json, "application/json;charset=utf-8")
            : Results.StatusCode(StatusCodes.Status404NotFound);

    private IEnumerable<string> Files(string folder)
    {
        if (folder.Length > 0 && !System.IO.Directory.Exists(folder))
        {
            problems.Add(
                $"Turnstone:Portal:Documents names \"{folder}\", which is no folder: give one of OpenAPI documents."
            );
        }

        return folder.Length > 0 && System.IO.Directory.Exists(folder)
            ? System.IO.Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)
            : [];
    }

    private OwnDocument? Read(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (!Name().IsMatch(name) || contracts.Documents.Any(document => document.Name == name))
        {
            return Refuse(
                file,
                "needs another name: small letters, digits and hyphens, and not that of a document of the server."
            );
        }

        if (new FileInfo(file).Length > Largest)
        {
            return Refuse(file, "has more than 2 MiB.");
        }

        var bytes = File.ReadAllBytes(file);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Read(file, name, bytes, document.RootElement);
        }
        catch (JsonException problem)
        {
            return Refuse(file, $"is no JSON: line {problem.LineNumber + 1}.");
        }
    }

    private OwnDocument? Read(string file, string name, byte[] bytes, JsonElement root)
    {
        if (
            Text(root, "openapi")?.StartsWith("3.", StringComparison.Ordinal) is not true
            || Member(root, "info") is not { } info
            || Text(info, "title") is not { Length: > 0 and <= LongestTitle } title
            || title.Any(char.IsControl)
            || Member(root, "paths") is not { ValueKind: JsonValueKind.Object }
        )
        {
            return Refuse(
                file,
                $"is no OpenAPI document of version 3 with paths and a title of 1 to {LongestTitle} characters."
            );
        }

        return new(name, title, bytes, [.. OriginsOf(root).Distinct()]);
    }

    // A server that is a path alone, or has a variable, is none that a page could be allowed to call.
    private static IEnumerable<string> OriginsOf(JsonElement root) =>
        Member(root, "servers") is { ValueKind: JsonValueKind.Array } servers
            ? servers
                .EnumerateArray()
                .Select(server => Text(server, "url"))
                .Select(url =>
                    Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "https" or "http") ? uri : null
                )
                .OfType<Uri>()
                .Select(uri => uri.GetLeftPart(UriPartial.Authority))
            : [];

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private OwnDocument? Refuse(string file, string problem)
    {
        problems.Add($"Turnstone:Portal:Documents: {Path.GetFileName(file)} {problem}");
        return null;
    }

    [GeneratedRegex("^[a-z0-9-]+$")]
    private static partial Regex Name();
}
