using System.Diagnostics.CodeAnalysis;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>The subscriptions and API keys of an account.</summary>
public sealed class HoldingsProvisioner(
    ISubscriptionStore store,
    IApiKeyStore keyStore,
    Subscriptions subscriptions,
    ApiKeys apiKeys,
    MasterKeyRing masters,
    RandomSource random,
    TimeProvider time
)
{
    internal async Task<IEnumerable<string>> ConflictsAsync(
        AccountItem item,
        Guid? accountId,
        string at,
        HashSet<string> products,
        CancellationToken cancellationToken
    )
    {
        List<string> problems = [];
        for (var i = 0; i < item.Subscriptions.Count; i++)
        {
            var (wanted, place) = (item.Subscriptions[i], $"{at}.subscriptions[{i}]");
            if (
                !products.Contains(wanted.Product)
                && await store.FindProductAsync(wanted.Product, cancellationToken) is null
            )
            {
                problems.Add($"{place}.product: there is no product with this name, in the file or in the store.");
            }

            if ((await ByKeysAsync(wanted, cancellationToken)).Any(found => found.AccountId != accountId))
            {
                problems.Add($"{place}: one of these keys belongs to another account's subscription.");
            }
        }

        for (var i = 0; i < item.ApiKeys.Count; i++)
        {
            if (
                item.ApiKeys[i].Key is { } text
                && await apiKeys.FindByTextAsync(text, cancellationToken) is { } found
                && (found.AccountId != accountId || found.RevokedAt is not null)
            )
            {
                problems.Add(
                    $"{at}.apiKeys[{i}].key: this key belongs to another account or was revoked; give a new one."
                );
            }
        }

        return problems;
    }

    internal async Task ApplyAsync(
        AccountItem item,
        Account account,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var held = (await store.ListAsync(account.Id, cancellationToken))
            .Where(one => one.State.Known is not SubscriptionState.Cancelled)
            .ToList();
        List<(SubscriptionItem Item, Subscription? Known)> plan = [];
        foreach (var wanted in item.Subscriptions)
        {
            var known = (await ByKeysAsync(wanted, cancellationToken)).FirstOrDefault();
            held.RemoveAll(one => one.Id == known?.Id);
            plan.Add((wanted, known));
        }

        foreach (var (wanted, byKey) in plan)
        {
            var product =
                await store.FindProductAsync(wanted.Product, cancellationToken)
                ?? throw new StoreUnavailableException("A product was removed in the meantime; apply the file again.");
            var known = byKey ?? held.Find(one => one.ProductId == product.Id);
            held.RemoveAll(one => one.Id == known?.Id);
            await (
                known is null
                    ? SubscribeAsync(wanted, account, product, report, cancellationToken)
                    : ChangeAsync(wanted, known, account, report, cancellationToken)
            );
        }

        foreach (var wanted in item.ApiKeys)
        {
            await ApplyAsync(wanted, account, report, cancellationToken);
        }
    }

    private async Task<List<Subscription>> ByKeysAsync(SubscriptionItem wanted, CancellationToken cancellationToken)
    {
        List<Subscription> found = [];
        foreach (var key in new[] { wanted.PrimaryKey, wanted.SecondaryKey }.OfType<string>())
        {
            if (await subscriptions.FindByKeyAsync(key, cancellationToken) is { } subscription)
            {
                found.Add(subscription);
            }
        }

        return found;
    }

    private async Task SubscribeAsync(
        SubscriptionItem wanted,
        Account account,
        Product product,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var primary = wanted.PrimaryKey ?? SubscriptionKeyText.Mint(random);
        var secondary = wanted.SecondaryKey ?? SubscriptionKeyText.Mint(random);
        var state = wanted.State ?? SubscriptionState.Active;
        if (
            await subscriptions.ImportAsync(
                account.Id,
                product.Id,
                state,
                primary,
                secondary,
                Caller.Operator,
                cancellationToken
            )
            is null
        )
        {
            throw new StoreUnavailableException(
                "Another process took one of the subscription keys; apply the file again."
            );
        }

        report.Created(
            "subscription",
            $"{account.Email}, {product.Name}",
            state.ToString(),
            ("primaryKey", wanted.PrimaryKey is null ? primary : null),
            ("secondaryKey", wanted.SecondaryKey is null ? secondary : null)
        );
    }

    private async Task ChangeAsync(
        SubscriptionItem wanted,
        Subscription known,
        Account account,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var changed = known with { State = wanted.State ?? known.State };
        List<string> details = changed.State == known.State ? [] : [$"{known.State} to {changed.State}"];
        if (IsOther(wanted.PrimaryKey, known.PrimaryKeyHash))
        {
            changed = changed.WithKey(SubscriptionKeySlot.Primary, HashOf(wanted.PrimaryKey), null);
            details.Add("primary key");
        }

        if (IsOther(wanted.SecondaryKey, known.SecondaryKeyHash))
        {
            changed = changed.WithKey(SubscriptionKeySlot.Secondary, HashOf(wanted.SecondaryKey), null);
            details.Add("secondary key");
        }

        if (details.Count == 0)
        {
            return;
        }

        var detail = string.Join(", ", details);
        var entry = Entry(account, AuditEvent.SubscriptionChanged, $"subscription {known.Id}: {detail}");
        if (!(await store.SaveAsync(changed, entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException(
                "The subscription was cancelled or a key was taken in the meantime; apply the file again."
            );
        }

        report.Changed("subscription", $"{account.Email}, {wanted.Product}", detail);
    }

    private bool IsOther([NotNullWhen(true)] string? key, byte[] stored) =>
        key is not null && !masters.Matches(CredentialPurpose.SubscriptionKey, key, stored);

    private byte[] HashOf(string key) => masters.Hash(CredentialPurpose.SubscriptionKey, key);

    private async Task ApplyAsync(
        ApiKeyItem wanted,
        Account account,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var known = wanted.Key is { } text
            ? await apiKeys.FindByTextAsync(text, cancellationToken)
            : (await keyStore.ListAsync(account.Id, cancellationToken)).FirstOrDefault(key =>
                key.Name == wanted.Name && key is { RevokedAt: null, SuccessorId: null }
            );
        if (known is null)
        {
            await MakeAsync(wanted, account, report, cancellationToken);
            return;
        }

        ApiKey AsWanted(ApiKey key) =>
            key with
            {
                Name = wanted.Name,
                Scopes = wanted.Scopes is { } scopes ? Scopes.Of(scopes) : key.Scopes,
            };
        if (AsWanted(known) != known)
        {
            var entry = Entry(account, AuditEvent.ApiKeyRenewed, "name or scopes changed") with { ApiKeyId = known.Id };
            if (!(await keyStore.SaveAsync(AsWanted(known), entry, cancellationToken)).IsCommitted)
            {
                throw new StoreUnavailableException("Another process is changing the same key; apply the file again.");
            }

            report.Changed("API key", $"{account.Email}, {wanted.Name}", "name or scopes");
        }
    }

    private async Task MakeAsync(
        ApiKeyItem wanted,
        Account account,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var scopes = Scopes.Of(wanted.Scopes ?? []);
        TimeSpan? life = wanted.ExpiresInDays is { } days ? TimeSpan.FromDays(days) : null;
        string? minted = null;
        if (wanted.Key is { } given)
        {
            _ =
                await apiKeys.ImportAsync(
                    account.Id,
                    wanted.Name,
                    scopes,
                    life,
                    given,
                    Caller.Operator,
                    cancellationToken
                ) ?? throw new StoreUnavailableException("Another process took the API key; apply the file again.");
        }
        else
        {
            minted = (
                await apiKeys.CreateAsync(account.Id, wanted.Name, scopes, life, Caller.Operator, cancellationToken)
            ).Text;
        }

        report.Created("API key", $"{account.Email}, {wanted.Name}", null, ("key", minted));
    }

    private AuditEntry Entry(Account account, AuditEvent what, string detail) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            AccountId = account.Id,
            Detail = $"provisioned: {detail}",
        };
}
