using System.Collections.Frozen;
using System.Collections.Immutable;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>
/// The API that every server has, from its settings: tokens are for it where no other is named. What the settings know
/// of scopes is its own.
/// </summary>
public sealed record DefaultApi(Api Api);

/// <summary>
/// The APIs, held in memory: every token asks which one it is for, and none waits for a query. There are few, and none
/// is ever deleted.
/// </summary>
public sealed class Apis(IApiStore store, DefaultApi settings)
{
    private readonly Lock guard = new();
    private long asked;
    private long taken;
    private volatile Known known = new([]);

    /// <summary>The one of the settings.</summary>
    public Api Default => settings.Api;

    /// <summary>
    /// Those that are registered, by their ids. One that the settings have taken the place of is none.
    /// </summary>
    public IReadOnlyList<Api> Registered => known.Apis;

    /// <summary>The one that has this identifier; null where there is none.</summary>
    public Api? Find(string identifier) =>
        identifier == Default.Identifier ? Default : known.ByIdentifier.GetValueOrDefault(identifier);

    /// <summary>The one that a scope is of; the default one has all that is of no other.</summary>
    public Api OwnerOf(string scope) => known.ByScope.GetValueOrDefault(scope) ?? Default;

    /// <summary>Those of the scopes that no API has given up: a name that one has is good for nothing.</summary>
    public Scopes Standing(Scopes scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        var former = known.Former;
        return former.IsEmpty ? scopes : scopes.Without(former);
    }

    /// <summary>The API that a type of authorization details is of; null where there is none.</summary>
    public (Api Api, ApiDetailType Type)? OwnerOfDetail(string type) =>
        known.ByDetail.TryGetValue(type, out var found) ? found : null;

    /// <summary>Those that ask what tokens are good for as this client.</summary>
    public ImmutableArray<Api> AskedAs(string clientId) => known.ByAsker.GetValueOrDefault(clientId, []);

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var turn = Interlocked.Increment(ref asked);
        var read = (await store.ListAsync(cancellationToken)).Where(api => api.Identifier != Default.Identifier);
        var now = new Known([.. read]);
        lock (guard)
        {
            // Of two readings side by side, the one that began later is the newer, whichever ends first.
            if (turn > taken)
            {
                (taken, known) = (turn, now);
            }
        }
    }

    private sealed record Known(Api[] Apis)
    {
        public FrozenDictionary<string, Api> ByIdentifier { get; } =
            Apis.ToFrozenDictionary(api => api.Identifier, StringComparer.Ordinal);

        public FrozenDictionary<string, ImmutableArray<Api>> ByAsker { get; } =
            Apis.Where(api => api.IntrospectsAs is not null)
                .GroupBy(api => api.IntrospectsAs!, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

        public Scopes Former { get; } = Scopes.Of(Apis.SelectMany(api => api.FormerScopes.Names));

        public FrozenDictionary<string, (Api Api, ApiDetailType Type)> ByDetail { get; } =
            Apis.SelectMany(api => api.DetailTypes, (api, type) => (Api: api, Type: type))
                .DistinctBy(pair => pair.Type.Type)
                .ToFrozenDictionary(pair => pair.Type.Type, StringComparer.Ordinal);

        public FrozenDictionary<string, Api> ByScope { get; } =
            Apis.SelectMany(api => api.Scopes, (api, scope) => (scope.Name, Api: api))
                .DistinctBy(pair => pair.Name)
                .ToFrozenDictionary(pair => pair.Name, pair => pair.Api, StringComparer.Ordinal);
    }
}
