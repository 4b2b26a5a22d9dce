using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>
/// Proves API keys and subscription keys that are sent with each request, without a login. One that was proven moments
/// ago costs a hash and no query. Whatever ends a key leaves a mark, which every node hears of as it hears of revoked
/// sessions: a key whose holder has a mark that is newer than what is remembered of it is read again.
/// </summary>
public sealed class DirectKeys : IDisposable
{
    private const int Capacity = 10_000;

    // What ends a key leaves a mark, so this bounds only how long something that was given to it goes unnoticed.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly IApiKeyStore apiKeys;
    private readonly ISubscriptionStore subscriptions;
    private readonly IAccountStore accounts;
    private readonly Products products;
    private readonly HolderMarks marks;
    private readonly IRevokedTokens revoked;
    private readonly MasterKeyRing keys;
    private readonly TimeProvider time;
    private readonly StoreCache<Digest, DirectKey> proven;

    public DirectKeys(
        IApiKeyStore apiKeys,
        ISubscriptionStore subscriptions,
        IAccountStore accounts,
        Products products,
        ISessionStore sessions,
        IRevokedTokens revoked,
        MasterKeyRing keys,
        IStoreChanges changes,
        TimeProvider time
    )
    {
        ArgumentNullException.ThrowIfNull(sessions);
        (this.apiKeys, this.subscriptions, this.accounts, this.products) = (apiKeys, subscriptions, accounts, products);
        (marks, this.revoked, this.keys, this.time) = (sessions.Marks, revoked, keys, time);
        proven = new(Capacity, Life, changes, time);
    }

    /// <summary>The API key if it is remembered and works: no query. Null where the store has to be asked.</summary>
    /// <exception cref="StoreUnavailableException">What was revoked is not known.</exception>
    public DirectKey? RecallApiKey(string text) =>
        ApiKeys.MayBeKey(text) ? Recall(keys.Digest(CredentialPurpose.ApiKey, text)) : null;

    /// <inheritdoc cref="RecallApiKey"/>
    public DirectKey? RecallSubscriptionKey(string text) =>
        text is { Length: SubscriptionKeyText.Length }
            ? Recall(keys.Digest(CredentialPurpose.SubscriptionKey, text))
            : null;

    /// <summary>The API key, if there is one that works and whose account is not disabled.</summary>
    public async ValueTask<Outcome<DirectKey>> ProveApiKeyAsync(string text, CancellationToken cancellationToken)
    {
        var purpose = CredentialPurpose.ApiKey;
        var known = ApiKeys.MayBeKey(text)
            ? await ProveAsync(purpose, text, ReadApiKeyAsync, cancellationToken)
            : null;
        return known is null ? ApiKeys.Wrong : known;
    }

    /// <summary>The key of a subscription that is active and whose account is not disabled.</summary>
    public async ValueTask<Outcome<DirectKey>> ProveSubscriptionKeyAsync(
        string text,
        CancellationToken cancellationToken
    )
    {
        var purpose = CredentialPurpose.SubscriptionKey;
        var known =
            text is { Length: SubscriptionKeyText.Length }
                ? await ProveAsync(purpose, text, ReadSubscriptionAsync, cancellationToken)
                : null;
        return known is null ? SubscriptionGate.Closed : known;
    }

    public void Dispose() => proven.Dispose();

    private DirectKey? Recall(Digest digest) =>
        proven.TryGet(digest, out var known) && Stands(known) ? Current(known) : null;

    // What a product allows may have changed since.
    private DirectKey Current(DirectKey known) =>
        known.ProductId is not { } id ? known
        : products.Recall(id) is { } product ? known with { Scopes = product.Scopes, Product = product.Name }
        : known with { Scopes = Scopes.None };

    private bool Stands(DirectKey known) =>
        time.GetUtcNow() < known.WorksUntil && !revoked.Contains(default, known.Holders, known.ReadAfter, token: null);

    private async ValueTask<DirectKey?> ProveAsync(
        string purpose,
        string text,
        Func<IReadOnlyList<byte[]>, CancellationToken, Task<DirectKey?>> read,
        CancellationToken cancellationToken
    )
    {
        var digest = keys.Digest(purpose, text);
        if (Recall(digest) is { } recalled)
        {
            return recalled;
        }

        // Older than what is read after it: a mark in between makes the next request read again.
        proven.Forget(digest);
        var after = marks.Known;
        return await proven.GetAsync(digest, ReadAsync, cancellationToken) is { } found ? Current(found) : null;

        async Task<DirectKey?> ReadAsync(CancellationToken cancel) =>
            await read(keys.Hashes(purpose, text), cancel) is { } known && time.GetUtcNow() < known.WorksUntil
                ? known with
                {
                    ReadAfter = after,
                }
                : null;
    }

    private async Task<DirectKey?> ReadApiKeyAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken) =>
        await apiKeys.FindByHashAsync(hashes, cancellationToken) is { RevokedAt: null } key
        && await IsOpenAsync(key.AccountId, cancellationToken)
            ? new DirectKey
            {
                AccountId = key.AccountId,
                Scopes = key.Scopes,
                WorksUntil = key.WorksUntil,
                ApiKeyId = key.Id,
            }
            : null;

    private async Task<DirectKey?> ReadSubscriptionAsync(
        IReadOnlyList<byte[]> hashes,
        CancellationToken cancellationToken
    )
    {
        if (
            await subscriptions.FindByKeyAsync(hashes, cancellationToken) is not { IsActive: true } found
            || !await IsOpenAsync(found.AccountId, cancellationToken)
            || await products.FindAsync(found.ProductId, cancellationToken) is null
        )
        {
            return null;
        }

        return new DirectKey
        {
            AccountId = found.AccountId,
            Scopes = Scopes.None,
            WorksUntil = DateTimeOffset.MaxValue,
            Subscription = (found.Id, SubscriptionGate.SlotOf(found, hashes)),
            ProductId = found.ProductId,
        };
    }

    private async Task<bool> IsOpenAsync(Guid account, CancellationToken cancellationToken) =>
        await accounts.FindAsync(account, cancellationToken) is { DisabledAt: null };
}
