using System.Globalization;

namespace Turnstone.Directory;

/// <summary>What a change of an API changes, in words for the audit and the report of a provisioning.</summary>
public static class ApiDifference
{
    public static IReadOnlyList<string> Of(Api known, Api changed)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(changed);
        return
        [
            .. new[]
            {
                changed.Name == known.Name ? null : $"name {changed.Name}",
                changed.ScopeNames == known.ScopeNames
                    ? SameMeanings(known, changed)
                        ? null
                        : "sentences of scopes"
                    : $"scopes {(changed.ScopeNames.IsEmpty ? "none" : changed.ScopeNames)}",
                changed.Offered == known.Offered ? null
                : changed.Offered ? "offered"
                : "not offered",
                changed.AccessLifetime == known.AccessLifetime ? null : $"access tokens {Seconds(changed)}",
                changed.Algorithm == known.Algorithm ? null : $"signed {changed.Algorithm?.ToString() ?? "as usual"}",
                changed.IntrospectsAs == known.IntrospectsAs ? null
                : changed.IntrospectsAs is { } client ? $"introspects as {client}"
                : "does not introspect",
                SameTypes(known, changed) ? null : "types of authorization details",
                changed.Level == known.Level ? null : $"acr {changed.Level?.NameOf() ?? "any"}",
            }.OfType<string>(),
        ];
    }

    private static bool SameTypes(Api known, Api changed) =>
        known.DetailTypes.Count == changed.DetailTypes.Count
        && known
            .DetailTypes.Zip(changed.DetailTypes)
            .All(pair =>
                pair.First.Type == pair.Second.Type
                && pair.First.Actions.SequenceEqual(pair.Second.Actions)
                && pair.First.Members.SequenceEqual(pair.Second.Members)
                && SameMeanings(pair.First.Meanings, pair.Second.Meanings)
            );

    private static string Seconds(Api api) =>
        api.AccessLifetime is { } life
            ? string.Create(CultureInfo.InvariantCulture, $"{life.TotalSeconds:0} s")
            : "as usual";

    private static bool SameMeanings(Api known, Api changed) =>
        known.Scopes.Zip(changed.Scopes).All(pair => SameMeanings(pair.First.Meanings, pair.Second.Meanings));

    private static bool SameMeanings(
        IReadOnlyDictionary<string, string> known,
        IReadOnlyDictionary<string, string> changed
    ) => known.Count == changed.Count && known.All(one => changed.GetValueOrDefault(one.Key) == one.Value);
}
