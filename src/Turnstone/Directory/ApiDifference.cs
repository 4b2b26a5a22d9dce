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
                changed.Level == known.Level ? null : $"acr {changed.Level?.NameOf() ?? "any"}",
            }.OfType<string>(),
        ];
    }

    private static string Seconds(Api api) =>
        api.AccessLifetime is { } life
            ? string.Create(CultureInfo.InvariantCulture, $"{life.TotalSeconds:0} s")
            : "as usual";

    private static bool SameMeanings(Api known, Api changed) =>
        known
            .Scopes.Zip(changed.Scopes)
            .All(pair =>
                pair.First.Meanings.Count == pair.Second.Meanings.Count
                && pair.First.Meanings.All(one => pair.Second.Meanings.GetValueOrDefault(one.Key) == one.Value)
            );
}
