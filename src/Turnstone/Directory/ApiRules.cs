using Turnstone.Credentials;
using Turnstone.Model;

namespace Turnstone.Directory;

public enum ApiFlaw
{
    Id,
    Identifier,

    /// <summary>It is the identifier of the API of the settings.</summary>
    IdentifierOfSettings,
    IdentifierTaken,
    Name,
    ScopeName,

    /// <summary>A scope about who signs in, which is of every API.</summary>
    ScopeOfPerson,
    ScopeTwice,

    /// <summary>Another API has it.</summary>
    ScopeTaken,

    /// <summary>Another API had it once, and clients and consents still name it.</summary>
    ScopeFormer,
    TooManyScopes,
    Meaning,

    /// <summary>A type of authorization details without a name, or with words that are none.</summary>
    DetailType,
    DetailTypeTwice,

    /// <summary>Another API has it.</summary>
    DetailTypeTaken,
    DetailMeaning,
    TooManyDetailTypes,
    Lifetime,
    NoSuchClient,

    /// <summary>A client without a credential cannot prove that it is the API.</summary>
    PublicClient,
}

/// <summary>What is wrong with an API, and the scope or client that it is about.</summary>
public sealed record ApiProblem(ApiFlaw Flaw, string? About = null);

/// <summary>What an API may look like.</summary>
public static class ApiRules
{
    public const int LongestId = 40;
    public const int LongestIdentifier = 255;
    public const int LongestScope = 100;
    public const int LongestMeaning = 200;
    public const int MostScopes = 50;
    public const int MostDetailTypes = 20;
    public const int MostDetailWords = 30;

    /// <summary>What is wrong by itself, whatever else is registered.</summary>
    /// <param name="api">The API.</param>
    /// <param name="languages">In which each scope has a sentence.</param>
    public static IEnumerable<ApiProblem> ProblemsOf(Api api, IReadOnlyCollection<string> languages)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(languages);
        if (!IsId(api.Id))
        {
            yield return new(ApiFlaw.Id);
        }

        if (!IsIdentifier(api.Identifier))
        {
            yield return new(ApiFlaw.Identifier);
        }

        if (!NameText.TryRead(api.Name, out _))
        {
            yield return new(ApiFlaw.Name);
        }

        if (api.AccessLifetime < ApplicationRules.Shortest || api.AccessLifetime > AccessTokenLimits.LongestLifetime)
        {
            yield return new(ApiFlaw.Lifetime);
        }

        foreach (var problem in ScopeProblems(api.Scopes, languages).Concat(DetailProblems(api.DetailTypes, languages)))
        {
            yield return problem;
        }
    }

    /// <summary>The default API has this id in pages and metadata.</summary>
    public const string DefaultId = "default";

    // The page that registers one has this place among the pages of those that there are.
    private const string NewId = "new";

    public static bool IsId(string id) =>
        id is { Length: >= 1 and <= LongestId } and not (DefaultId or NewId)
        && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-');

    // RFC 8707 §2: an absolute URI without a fragment. It is compared byte for byte.
    private static bool IsIdentifier(string text) =>
        text is { Length: >= 1 and <= LongestIdentifier }
        && text.All(c => c is > ' ' and <= '~' and not ('"' or '\\' or '<' or '>' or '*' or '#'))
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is not ("javascript" or "data" or "file")
        && uri.UserInfo.Length == 0
        && text.StartsWith($"{uri.Scheme}:", StringComparison.Ordinal);

    private static IEnumerable<ApiProblem> ScopeProblems(
        IReadOnlyList<ApiScope> scopes,
        IReadOnlyCollection<string> languages
    )
    {
        if (scopes.Count > MostScopes)
        {
            yield return new(ApiFlaw.TooManyScopes);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scope in scopes)
        {
            if (!IsScope(scope.Name))
            {
                yield return new(ApiFlaw.ScopeName, scope.Name);
            }
            else if (IdentityScopes.All.Contains(scope.Name))
            {
                yield return new(ApiFlaw.ScopeOfPerson, scope.Name);
            }
            else if (!seen.Add(scope.Name))
            {
                yield return new(ApiFlaw.ScopeTwice, scope.Name);
            }

            if (!HasMeanings(scope.Meanings, languages))
            {
                yield return new(ApiFlaw.Meaning, scope.Name);
            }
        }
    }

    private static IEnumerable<ApiProblem> DetailProblems(
        IReadOnlyList<ApiDetailType> types,
        IReadOnlyCollection<string> languages
    )
    {
        if (types.Count > MostDetailTypes)
        {
            yield return new(ApiFlaw.TooManyDetailTypes);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in types)
        {
            if (!IsScope(type.Type) || !AreWords(type.Actions) || !AreWords(type.Members))
            {
                yield return new(ApiFlaw.DetailType, type.Type);
            }
            else if (!seen.Add(type.Type))
            {
                yield return new(ApiFlaw.DetailTypeTwice, type.Type);
            }

            if (!HasMeanings(type.Meanings, languages))
            {
                yield return new(ApiFlaw.DetailMeaning, type.Type);
            }
        }
    }

    // Those that every type has are not named.
    private static bool AreWords(IReadOnlyList<string> words) =>
        words.Count <= MostDetailWords
        && words.All(word => IsScope(word) && word is not ("type" or "locations" or "actions"));

    private static bool IsScope(string name) =>
        name is { Length: >= 1 and <= LongestScope }
        && Scopes.TryParse(name, out var read)
        && read.Names is [var one]
        && one == name;

    private static bool HasMeanings(
        IReadOnlyDictionary<string, string> meanings,
        IReadOnlyCollection<string> languages
    ) => meanings.Count == languages.Count && languages.All(language => HasMeaning(meanings, language));

    private static bool HasMeaning(IReadOnlyDictionary<string, string> meanings, string language) =>
        meanings.TryGetValue(language, out var text)
        && text?.Trim().Length is >= 1 and <= LongestMeaning
        && !text.Any(char.IsControl);
}
