using System.Text.Json;
using System.Text.RegularExpressions;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Reference;

/// <summary>The OpenAPI documents of one folder.</summary>
/// <param name="setting">The setting that names the folder.</param>
/// <param name="contracts">Their documents have names too.</param>
internal sealed partial class DocumentFolder(string setting, ContractList contracts)
{
    private const int Largest = 2 * 1024 * 1024;
    private const int LongestTitle = 60;

    private readonly List<string> problems = [];

    /// <summary>What is wrong with its files.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<OwnDocument> All { get; private set; } = [];

    public void Read(string folder) => All = [.. Files(folder).Select(ReadFile).OfType<OwnDocument>()];

    public IResult Answer(string name) =>
        All.FirstOrDefault(document => document.Name == name) is { } found
            ? Results.Bytes(found.Json, "application/json;charset=utf-8")
            : Results.StatusCode(StatusCodes.Status404NotFound);

    private IEnumerable<string> Files(string folder)
    {
        if (folder.Length > 0 && !System.IO.Directory.Exists(folder))
        {
            problems.Add($"{setting} names \"{folder}\", which is no folder: give one of OpenAPI documents.");
        }

        return folder.Length > 0 && System.IO.Directory.Exists(folder)
            ? System.IO.Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)
            : [];
    }

    private OwnDocument? ReadFile(string file)
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
        problems.Add($"{setting}: {Path.GetFileName(file)} {problem}");
        return null;
    }

    [GeneratedRegex("^[a-z0-9-]+$")]
    private static partial Regex Name();
}
