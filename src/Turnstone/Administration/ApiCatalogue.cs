using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Administration;

/// <summary>The APIs that tokens are for, as administrators and the provisioning file register them.</summary>
public sealed class ApiCatalogue(IApiStore store, Apis apis, ClientDirectory clients, TimeProvider time)
{
    /// <summary>Everything that keeps it from being registered as it is.</summary>
    /// <param name="api">The API, new or changed.</param>
    /// <param name="languages">In which each scope has a sentence.</param>
    /// <param name="comingClients">Clients that are about to be there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ApiProblem>> ProblemsOfAsync(
        Api api,
        IReadOnlyCollection<string> languages,
        IReadOnlyCollection<string> comingClients,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(comingClients);
        List<ApiProblem> problems = [.. ApiRules.ProblemsOf(api, languages)];
        if (api.Identifier == apis.Default.Identifier)
        {
            problems.Add(new(ApiFlaw.IdentifierOfSettings));
        }

        List<Api> others = [.. (await store.ListAsync(cancellationToken)).Where(one => one.Id != api.Id), apis.Default];
        if (others[..^1].Exists(other => other.Identifier == api.Identifier))
        {
            problems.Add(new(ApiFlaw.IdentifierTaken));
        }

        problems.AddRange(
            from other in others
            from scope in other.ScopeNames.And(api.ScopeNames).Without(IdentityScopes.All).Names
            select new ApiProblem(ApiFlaw.ScopeTaken, scope)
        );
        problems.AddRange(
            from other in others
            from scope in other.FormerScopes.And(api.ScopeNames).Names
            select new ApiProblem(ApiFlaw.ScopeFormer, scope)
        );
        problems.AddRange(
            from other in others
            from type in other.DetailTypes
            where api.DetailTypes.Any(one => one.Type == type.Type)
            select new ApiProblem(ApiFlaw.DetailTypeTaken, type.Type)
        );
        if (api.IntrospectsAs is { } asking && !comingClients.Contains(asking))
        {
            var client = await clients.FindAsync(asking, cancellationToken);
            problems.AddRange(
                client is null ? [new(ApiFlaw.NoSuchClient, asking)]
                : client.Public ? [new(ApiFlaw.PublicClient, asking)]
                : Array.Empty<ApiProblem>()
            );
        }

        return problems;
    }

    /// <summary>Registers it. Null when another has its id, its identifier or one of its scopes.</summary>
    public Task<Api?> AddAsync(Api api, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        return SaveAsync(
            api with
            {
                CreatedAt = time.GetUtcNow(),
                Revision = 0,
            },
            AuditEvent.ApiCreated,
            api.Identifier,
            caller,
            cancellationToken
        );
    }

    /// <summary>
    /// Saves it as changed. Null when it was saved by somebody else since it was read, or another has one of its
    /// scopes.
    /// </summary>
    public async Task<Api?> ChangeAsync(Api known, Api changed, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(changed);
        var differences = ApiDifference.Of(known, changed);
        return differences.Count == 0
            ? known
            : await SaveAsync(
                changed,
                AuditEvent.ApiChanged,
                string.Join(", ", differences),
                caller,
                cancellationToken
            );
    }

    private async Task<Api?> SaveAsync(
        Api api,
        AuditEvent what,
        string detail,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var entry = new AuditEntry
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            Detail = $"API {api.Id}: {detail}",
        };
        if (!(await store.SaveAsync(api, entry, cancellationToken)).IsCommitted)
        {
            return null;
        }

        await apis.RefreshAsync(cancellationToken);
        return api with { Revision = api.Revision + 1 };
    }
}
