using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>A scope as it is typed: its name, and a sentence in each language of the portal, in their order.</summary>
public sealed class ApiScopeRow
{
    public string? Name { get; set; }

    public IReadOnlyList<string?>? Meanings { get; set; }

    public bool IsEmpty => string.IsNullOrWhiteSpace(Name) && Meanings?.All(string.IsNullOrWhiteSpace) is not false;

    public string? Meaning(int language) => language < Meanings?.Count ? Meanings[language] : null;

    public ApiScope ToScope() => new(Name?.Trim() ?? "", ByLanguage(Meaning));

    /// <summary>What was typed in each language.</summary>
    internal static Dictionary<string, string> ByLanguage(Func<int, string?> typed) =>
        ApiForm
            .Languages.Select((language, i) => (language, text: typed(i)?.Trim() ?? ""))
            .ToDictionary(pair => pair.language, pair => pair.text);

    public static ApiScopeRow Of(ApiScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new()
        {
            Name = scope.Name,
            Meanings = [.. ApiForm.Languages.Select(language => scope.Meanings.GetValueOrDefault(language))],
        };
    }
}
