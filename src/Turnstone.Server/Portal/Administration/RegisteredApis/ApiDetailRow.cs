using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>
/// A type of authorization details as it is typed: its name, a sentence in each language, and words between spaces.
/// </summary>
public sealed class ApiDetailRow
{
    public string? Type { get; set; }

    public IReadOnlyList<string?>? Meanings { get; set; }

    public string? Actions { get; set; }

    public string? Members { get; set; }

    public bool IsEmpty =>
        string.IsNullOrWhiteSpace(Type)
        && string.IsNullOrWhiteSpace(Actions)
        && string.IsNullOrWhiteSpace(Members)
        && Meanings?.All(string.IsNullOrWhiteSpace) is not false;

    public string? Meaning(int language) => language < Meanings?.Count ? Meanings[language] : null;

    public ApiDetailType ToType() =>
        new(Type?.Trim() ?? "", ApiScopeRow.ByLanguage(Meaning), Words(Actions), Words(Members));

    public static ApiDetailRow Of(ApiDetailType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new()
        {
            Type = type.Type,
            Meanings = [.. ApiForm.Languages.Select(language => type.Meanings.GetValueOrDefault(language))],
            Actions = string.Join(' ', type.Actions),
            Members = string.Join(' ', type.Members),
        };
    }

    private static string[] Words(string? text) =>
        (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
