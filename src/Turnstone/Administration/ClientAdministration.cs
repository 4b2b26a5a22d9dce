using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Administration;

/// <summary>What became of rights that an administrator gave and took.</summary>
public enum RightsOutcome
{
    Saved,

    /// <summary>There is no such client, or it cannot have one of them.</summary>
    Wrong,

    /// <summary>The client was changed since the page was filled; nothing was changed now.</summary>
    Stale,
}

/// <summary>What administrators do with clients, whoever owns them.</summary>
public sealed class ClientAdministration(IClientStore store, Clients clients, Apis apis, TimeProvider time)
{
    /// <summary>The grants that nobody but an administrator gives to a client.</summary>
    public static IReadOnlyList<string> Grants { get; } = [ApplicationRules.TokenExchange, ApplicationRules.JwtBearer];

    /// <summary>
    /// Whether it may be given something beside what its owner chooses: what nobody here has made says of itself what
    /// it is, and is not trusted with more.
    /// </summary>
    public static bool MayBeGiven(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client is { Source: null };
    }

    /// <summary>
    /// Those of the grants that this client can be given: it has to prove itself, and keep its profile.
    /// </summary>
    public static IEnumerable<string> GrantsFor(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Grants.Where(grant => client.MayTrust || client.GrantTypes.Contains(grant));
    }

    /// <summary>The APIs that it can be let use by name: all that are registered, and those that it has.</summary>
    public IEnumerable<string> ApisFor(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return apis.Registered.Select(api => api.Identifier).Union(client.Resources.Identifiers);
    }

    /// <summary>
    /// Gives a client these APIs and grants, and takes away the others of their kind, if it is as it was when the
    /// administrator last saw it.
    /// </summary>
    public async Task<RightsOutcome> SetRightsAsync(
        string id,
        long revision,
        IReadOnlyCollection<string> resources,
        IReadOnlyCollection<string> grants,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await store.FindAsync(id, cancellationToken) is not { } known || !MayBeGiven(known))
        {
            return RightsOutcome.Wrong;
        }

        if (known.Revision != revision)
        {
            return RightsOutcome.Stale;
        }

        if (resources.Except(ApisFor(known)).Any() || grants.Except(GrantsFor(known)).Any())
        {
            return RightsOutcome.Wrong;
        }

        var details = ClientDifference.Between(known, With(known)).ToList();
        return
            details.Count == 0
            || await clients.ChangeAsync(id, Unchanged, string.Join(", ", details), caller, cancellationToken)
                is not null
            ? RightsOutcome.Saved
            : RightsOutcome.Stale;

        Client? Unchanged(Client client) => client.Revision == revision ? With(client) : null;

        Client With(Client client) =>
            client with
            {
                Resources = Resources.Of(Chosen(client.Resources.Identifiers, ApisFor(client), resources)),
                GrantTypes = Chosen(client.GrantTypes, Grants, grants),
            };
    }

    // Of those that can be chosen the chosen ones, in the order in which they were; all others stay.
    private static string[] Chosen(
        IEnumerable<string> held,
        IEnumerable<string> offered,
        IReadOnlyCollection<string> chosen
    ) => [.. held.Where(one => chosen.Contains(one) || !offered.Contains(one)).Union(offered.Where(chosen.Contains))];

    /// <summary>
    /// Disables or enables the client; disabled, it authenticates nowhere and its sessions end in the same commit. Null
    /// when there is no such client.
    /// </summary>
    public async Task<Client?> SetEnabledAsync(
        string id,
        bool enabled,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await clients.ChangeAsync(
            id,
            client =>
                client.DisabledAt is null == enabled
                    ? null
                    : client with
                    {
                        DisabledAt = enabled ? null : time.GetUtcNow(),
                    },
            enabled ? "enabled" : "disabled",
            caller,
            cancellationToken
        ) ?? await store.FindAsync(id, cancellationToken);
}
