using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Administration.Accounts;

/// <summary>The subscriptions, keys, clients and sessions that an account's page lists.</summary>
public sealed record Holdings(
    int Passkeys,
    IReadOnlyList<(Subscription Subscription, string Product)> Subscriptions,
    IReadOnlyList<ApiKey> ApiKeys,
    IReadOnlyList<Client> Clients,
    SessionsInParts Sessions,
    IReadOnlyList<AuditEntry> Recent
)
{
    /// <summary>The names of the clients that its sessions are of.</summary>
    public required IReadOnlyDictionary<string, string> ClientNames { get; init; }
}

public sealed class AccountHoldings(
    IAccountStore accounts,
    ISubscriptionStore subscriptions,
    IApiKeyStore apiKeys,
    IClientStore clients,
    ISessionStore sessions,
    IAuditLog audit,
    Names names
)
{
    public const int MostEntries = 15;

    /// <param name="accountId">Whose.</param>
    /// <param name="after">Where the list of sessions goes on.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Holdings> OfAsync(Guid accountId, string? after, CancellationToken cancellationToken)
    {
        var live = await SessionsInParts.ReadAsync(
            sessions,
            SessionHolder.Account(accountId),
            after,
            cancellationToken
        );
        return new(
            (await accounts.PasskeysAsync(accountId, cancellationToken)).Count,
            await SubscriptionsAsync(accountId, cancellationToken),
            await apiKeys.ListAsync(accountId, cancellationToken),
            await clients.ListAsync(accountId, cancellationToken),
            live,
            await audit.ReadAsync(new AuditQuery { AccountId = accountId, Limit = MostEntries }, cancellationToken)
        )
        {
            ClientNames = await names.ClientsAsync(live.Shown.Select(session => session.ClientId), cancellationToken),
        };
    }

    private async Task<IReadOnlyList<(Subscription Subscription, string Product)>> SubscriptionsAsync(
        Guid accountId,
        CancellationToken cancellationToken
    )
    {
        List<(Subscription, string)> all = [];
        foreach (var subscription in await subscriptions.ListAsync(accountId, cancellationToken))
        {
            all.Add((subscription, await names.ProductAsync(subscription.ProductId, cancellationToken) ?? "?"));
        }

        return all;
    }
}
