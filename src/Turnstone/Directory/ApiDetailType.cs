namespace Turnstone.Directory;

/// <summary>A type of authorization details that an API understands (RFC 9396 §2).</summary>
/// <param name="Type">Its name; no two APIs have the same.</param>
/// <param name="Meanings">What it allows, a sentence by language.</param>
/// <param name="Actions">The actions that there are; where there are any, a request names some of them.</param>
/// <param name="Members">The other members that it may have.</param>
public sealed record ApiDetailType(
    string Type,
    IReadOnlyDictionary<string, string> Meanings,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> Members
);
