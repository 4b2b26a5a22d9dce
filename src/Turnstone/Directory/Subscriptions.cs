using System.Text;
using Turnstone.Audit;
using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>A subscription with the text of its keys; a key that this call neither made nor opened is null.</summary>
public sealed record MintedSubscription(Subscription Subscription, string? PrimaryKey, string? SecondaryKey)
{
    public override string ToString() => $"subscription {Subscription.Id}";
}

/// <summary>
/// Subscriptions from asking to cancelling. One of another account is answered like one that does not exist: null.
/// </summary>
public sealed class Subscriptions(
    ISubscriptionStore store,
    IAuditLog audit,
    MasterKeyRing keys,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>
    /// The most subscriptions of one account that are not cancelled; two requests at the same moment may pass it by
    /// one.
    /// </summary>
    public const int MostLive = 50;

    /// <summary>The account's subscriptions, the newest first.</summary>
    public async Task<IReadOnlyList<Subscription>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(accountId, cancellationToken)).Reverse()];

    public async Task<Subscription?> FindAsync(Guid accountId, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } subscription && subscription.AccountId == accountId
            ? subscription
            : null;

    /// <summary>Whether the account may have one more subscription.</summary>
    public async Task<bool> HasRoomAsync(Guid accountId, CancellationToken cancellationToken) =>
        (await store.ListAsync(accountId, cancellationToken)).Count(subscription =>
            subscription.State.Known is not SubscriptionState.Cancelled
        ) < MostLive;

    /// <summary>
    /// Active at once, or submitted where the product asks for approval; null when there is no such product.
    /// </summary>
    public async Task<MintedSubscription?> SubscribeAsync(
        Guid accountId,
        string productName,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await store.FindProductAsync(productName, cancellationToken) is not { } product)
        {
            return null;
        }

        var (primary, secondary) = (SubscriptionKeyText.Mint(random), SubscriptionKeyText.Mint(random));
        var state = product.ApprovalRequired ? SubscriptionState.Submitted : SubscriptionState.Active;
        var described = New(accountId, product.Id, state, primary, secondary);
        var subscription = described with
        {
            PrimaryKeySealed = Seal(described.Id, SubscriptionKeySlot.Primary, primary),
            SecondaryKeySealed = Seal(described.Id, SubscriptionKeySlot.Secondary, secondary),
        };
        return await CreateAsync(subscription, caller, cancellationToken)
            ? new MintedSubscription(subscription, primary, secondary)
            : throw new InvalidOperationException(
                "A key of 128 random bits was there already: the random source is broken."
            );
    }

    /// <summary>
    /// Takes over a subscription whose keys exist elsewhere; null when another subscription has one of them.
    /// </summary>
    /// <exception cref="ArgumentException">A key does not have 32 characters, or both are the same.</exception>
    public async Task<Subscription?> ImportAsync(
        Guid accountId,
        Guid productId,
        SubscriptionState state,
        string primaryKey,
        string secondaryKey,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (
            primaryKey is not { Length: SubscriptionKeyText.Length }
            || secondaryKey is not { Length: SubscriptionKeyText.Length }
            || primaryKey == secondaryKey
        )
        {
            throw new ArgumentException(
                $"A subscription has two different keys of {SubscriptionKeyText.Length} characters.",
                nameof(primaryKey)
            );
        }

        var subscription = New(accountId, productId, state, primaryKey, secondaryKey);
        return
            await FindByKeyAsync(primaryKey, cancellationToken) is null
            && await FindByKeyAsync(secondaryKey, cancellationToken) is null
            && await CreateAsync(subscription, caller, cancellationToken)
            ? subscription
            : null;
    }

    /// <summary>The subscription that has this key, whatever its state.</summary>
    public Task<Subscription?> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        store.FindByKeyAsync(keys.Hashes(CredentialPurpose.SubscriptionKey, key), cancellationToken);

    /// <summary>
    /// Shows a key to its owner again, and notes that it was; null for a subscription that is not his, and a null text
    /// for a key that was imported. Whoever asks has proven his password anew: that is the caller's to see to.
    /// </summary>
    public async Task<MintedSubscription?> RevealAsync(
        Guid accountId,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(accountId, id, cancellationToken) is not { } subscription)
        {
            return null;
        }

        await audit.AppendAsync(
            Entry(AuditEvent.SubscriptionKeyShown, subscription, caller, "keys shown"),
            cancellationToken
        );
        return new MintedSubscription(
            subscription,
            Open(id, SubscriptionKeySlot.Primary, subscription.PrimaryKeySealed, subscription.PrimaryKeyHash),
            Open(id, SubscriptionKeySlot.Secondary, subscription.SecondaryKeySealed, subscription.SecondaryKeyHash)
        );
    }

    /// <summary>A new key in one slot; the other key goes on working.</summary>
    public async Task<MintedSubscription?> ChangeKeyAsync(
        Guid accountId,
        Guid id,
        SubscriptionKeySlot slot,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (
            await FindAsync(accountId, id, cancellationToken) is not { } subscription
            || subscription.State.Known is SubscriptionState.Cancelled
        )
        {
            return null;
        }

        var text = SubscriptionKeyText.Mint(random);
        var hash = keys.Hash(CredentialPurpose.SubscriptionKey, text);
        var isPrimary = slot is SubscriptionKeySlot.Primary;
        var changed = subscription.WithKey(slot, hash, Seal(id, slot, text));
        var receipt = await store.SaveAsync(
            changed,
            Entry(AuditEvent.SubscriptionChanged, changed, caller, $"{slot} key changed"),
            cancellationToken
        );
        return receipt.IsCommitted
            ? new MintedSubscription(changed, isPrimary ? text : null, isPrimary ? null : text)
            : null;
    }

    /// <summary>
    /// Moves it to another state: approve, suspend, resume. For administrators; a cancelled one stays cancelled.
    /// </summary>
    /// <param name="message">What the customer is told.</param>
    public async Task<Subscription?> SetStateAsync(
        Guid id,
        SubscriptionState state,
        Caller caller,
        CancellationToken cancellationToken,
        string? message = null
    )
    {
        if (
            await store.FindAsync(id, cancellationToken) is not { } subscription
            || subscription.State.Known is SubscriptionState.Cancelled
        )
        {
            return null;
        }

        var changed = subscription with { State = state, Message = message };
        var receipt = await store.SaveAsync(
            changed,
            Entry(AuditEvent.SubscriptionChanged, changed, caller, $"{subscription.State} to {state}"),
            cancellationToken
        );
        return receipt.IsCommitted ? changed : null;
    }

    public async Task<Subscription?> CancelAsync(
        Guid accountId,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(accountId, id, cancellationToken) is null
            ? null
            : await SetStateAsync(id, SubscriptionState.Cancelled, caller, cancellationToken);

    private Subscription New(
        Guid accountId,
        Guid productId,
        SubscriptionState state,
        string primaryKey,
        string secondaryKey
    )
    {
        var now = time.GetUtcNow();
        return new Subscription
        {
            Id = random.NewId(now),
            AccountId = accountId,
            ProductId = productId,
            State = state,
            PrimaryKeyHash = keys.Hash(CredentialPurpose.SubscriptionKey, primaryKey),
            SecondaryKeyHash = keys.Hash(CredentialPurpose.SubscriptionKey, secondaryKey),
            CreatedAt = now,
        };
    }

    private async Task<bool> CreateAsync(
        Subscription subscription,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (
            await store.SaveAsync(
                subscription,
                Entry(AuditEvent.SubscriptionCreated, subscription, caller, subscription.State.ToString()),
                cancellationToken
            )
        ).IsCommitted;

    private byte[] Seal(Guid id, SubscriptionKeySlot slot, string text) =>
        keys.Seal(SealPurpose(id, slot), Encoding.ASCII.GetBytes(text), random);

    // A sealed key beside the hash of another is one that was replaced: it is not shown.
    private string? Open(Guid id, SubscriptionKeySlot slot, byte[]? box, byte[] hash) =>
        box is not null
        && Encoding.ASCII.GetString(keys.Open(SealPurpose(id, slot), box)) is var text
        && keys.Matches(CredentialPurpose.SubscriptionKey, text, hash)
            ? text
            : null;

    // Row and slot are bound in: a sealed key that was moved to another row does not open there.
    private static string SealPurpose(Guid id, SubscriptionKeySlot slot) =>
        $"{CredentialPurpose.SubscriptionKey}\n{id}\n{slot}";

    private AuditEntry Entry(AuditEvent what, Subscription subscription, Caller caller, string detail) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = subscription.AccountId,
            Detail = $"subscription {subscription.Id}: {detail}",
        };
}
