using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>An API key that was just made, with the text that is shown this once.</summary>
public sealed record MintedApiKey(ApiKey Key, string Text)
{
    public override string ToString() => $"API key {Key.Hint}…";
}

/// <summary>
/// API keys from making to revoking. A key of another account is answered like one that does not exist: null.
/// </summary>
public sealed class ApiKeys(
    IApiKeyStore store,
    MasterKeyRing keys,
    IStoreChanges changes,
    RandomSource random,
    TimeProvider time
) : IDisposable
{
    /// <summary>How long a key works before it freezes, and what each renewal adds.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);

    /// <summary>The longest time that a key may have before it, whether it was made so or renewed to it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>
    /// The most keys of one account that are not yet dead for good. It keeps lists readable and the store bounded; two
    /// requests at the same moment may pass it by one.
    /// </summary>
    public const int MostLive = 100;

    private const int HintLength = 8;
    private const int Attempts = 20;

    // What a login asks. The commit that opens the session asks the row itself again, so what is remembered can open
    // nothing that has been revoked since.
    private readonly StoreCache<string, ApiKey> proven = new(10_000, TimeSpan.FromSeconds(5), changes, time);

    /// <summary>The one answer to everything that is wrong about a login by API key.</summary>
    public static Refusal Wrong { get; } =
        new(
            RefusalCode.InvalidCredentials,
            "The API key is not right, or it is frozen or revoked.",
            "Check the key, renew it in the portal, or make a new one."
        );

    /// <summary>The account's keys, the newest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(accountId, cancellationToken)).Reverse()];

    public async Task<ApiKey?> FindAsync(Guid accountId, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } key && key.AccountId == accountId ? key : null;

    /// <summary>Whether the account may have one more key.</summary>
    public async Task<bool> HasRoomAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return (await store.ListAsync(accountId, cancellationToken)).Count(key =>
                key.StateAt(now) is not (ApiKeyState.Revoked or ApiKeyState.Replaced)
            ) < MostLive;
    }

    /// <summary>
    /// Whether a renewal would be granted: not to a key that was revoked or taken over, and never to more than <see
    /// cref="Longest"/> from now.
    /// </summary>
    public bool MayRenew(ApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key is { RevokedAt: null, SuccessorId: null } && Renewed(key) - time.GetUtcNow() <= Longest;
    }

    public async Task<MintedApiKey> CreateAsync(
        Guid accountId,
        string name,
        Scopes scopes,
        TimeSpan? expiresIn,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var text = ApiKeyText.Mint(random);
        var key = New(accountId, name, scopes, expiresIn, text, hint: text[..HintLength]);
        return (await store.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated, key, caller), cancellationToken)).IsCommitted
            ? new MintedApiKey(key, text)
            : throw new InvalidOperationException(
                "A key of 192 random bits was there already: the random source is broken."
            );
    }

    /// <summary>
    /// Takes over a key that exists elsewhere, any text up to <see cref="ApiKeyText.Longest"/> characters; null when
    /// the text is taken.
    /// </summary>
    /// <exception cref="ArgumentException">The text is empty, too long, or a mistyped key of ours.</exception>
    public async Task<ApiKey?> ImportAsync(
        Guid accountId,
        string name,
        Scopes scopes,
        TimeSpan? expiresIn,
        string text,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (!MayBeKey(text))
        {
            throw new ArgumentException(
                $"An API key has 1 to {ApiKeyText.Longest} characters, and one with our prefix has to have our "
                    + "checksum.",
                nameof(text)
            );
        }

        if (await FindByTextAsync(text, cancellationToken) is not null)
        {
            return null;
        }

        var key = New(accountId, name, scopes, expiresIn, text, hint: "");
        return (
            await store.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated, key, caller, "imported"), cancellationToken)
        ).IsCommitted
            ? key
            : null;
    }

    /// <summary>
    /// The key that this text proves, if it works. Its use is for the caller to note: <see
    /// cref="IApiKeyStore.NoteUse"/>.
    /// </summary>
    public async Task<Outcome<ApiKey>> ProveAsync(string? text, CancellationToken cancellationToken) =>
        MayBeKey(text)
        && await RememberedAsync(keys.Hashes(CredentialPurpose.ApiKey, text), cancellationToken) is { } key
        && key.Works(time.GetUtcNow())
            ? key
            : Wrong;

    /// <summary>What was remembered of keys is found to be old: the next proof asks the store.</summary>
    public void ForgetProven() => proven.Forget();

    /// <summary>The key with this text whatever its state.</summary>
    public Task<ApiKey?> FindByTextAsync(string text, CancellationToken cancellationToken) =>
        store.FindByHashAsync(keys.Hashes(CredentialPurpose.ApiKey, text), cancellationToken);

    /// <summary>
    /// Adds <see cref="Life"/>, before or after the freeze; null where <see cref="MayRenew"/> says no.
    /// </summary>
    public Task<ApiKey?> RenewAsync(Guid accountId, Guid id, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(
            accountId,
            id,
            AuditEvent.ApiKeyRenewed,
            key => MayRenew(key) ? key with { FreezesAt = Renewed(key) } : null,
            caller,
            cancellationToken
        );

    /// <summary>Another name; what the key opens is untouched. Null for a key that was revoked.</summary>
    public Task<ApiKey?> RenameAsync(
        Guid accountId,
        Guid id,
        string name,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            accountId,
            id,
            AuditEvent.ApiKeyRenamed,
            key => key.RevokedAt is null ? key with { Name = name } : null,
            caller,
            cancellationToken
        );

    /// <summary>
    /// Other scopes. What a narrowed key has opened ends in the same commit, because its tokens have the scopes of
    /// before. Null for a key that was revoked, and for more scopes where only fewer may be.
    /// </summary>
    /// <param name="mayWiden">Whether whoever asks has proven his password anew.</param>
    public Task<ApiKey?> ChangeScopesAsync(
        Guid accountId,
        Guid id,
        Scopes scopes,
        bool mayWiden,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            accountId,
            id,
            AuditEvent.ApiKeyScopesChanged,
            key =>
                key.RevokedAt is null && (mayWiden || scopes.Within(key.Scopes)) ? key with { Scopes = scopes } : null,
            caller,
            cancellationToken,
            key => $"scopes {Named(key.Scopes)} to {Named(scopes)}"
        );

    /// <summary>
    /// A new key in this one's place, which goes on working for the overlap; null for a key that does not work or has a
    /// successor, or when both together would be more keys than there may be.
    /// </summary>
    public async Task<MintedApiKey?> RollAsync(
        Guid accountId,
        Guid id,
        TimeSpan overlap,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, Life);
        var now = time.GetUtcNow();
        if (
            await FindAsync(accountId, id, cancellationToken) is not { SuccessorId: null } old
            || !old.Works(now)
            || (overlap > TimeSpan.Zero && !await HasRoomAsync(accountId, cancellationToken))
        )
        {
            return null;
        }

        var text = ApiKeyText.Mint(random);
        var successor = New(accountId, old.Name, old.Scopes, expiresIn: null, text, hint: text[..HintLength]);
        var leaving = old with { SuccessorId = successor.Id, OverlapEndsAt = now + overlap };
        var receipt = await store.RollAsync(
            leaving,
            successor,
            Entry(AuditEvent.ApiKeyRolled, old, caller, $"successor {successor.Id}"),
            cancellationToken
        );
        return receipt.IsCommitted ? new MintedApiKey(successor, text) : null;
    }

    /// <summary>Ends the key and its sessions at once. Revoking again changes nothing.</summary>
    public Task<ApiKey?> RevokeAsync(Guid accountId, Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return ChangeAsync(
            accountId,
            id,
            AuditEvent.ApiKeyRevoked,
            key => key.RevokedAt is null ? key with { RevokedAt = now } : null,
            caller,
            cancellationToken
        );
    }

    public void Dispose() => proven.Dispose();

    private ValueTask<ApiKey?> RememberedAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken) =>
        proven.GetAsync(
            Convert.ToBase64String(hashes[0]),
            cancel => store.FindByHashAsync(hashes, cancel),
            cancellationToken
        );

    /// <summary>
    /// Changes the key as it is stored: two who change different things of it do not undo each other.
    /// </summary>
    private async Task<ApiKey?> ChangeAsync(
        Guid accountId,
        Guid id,
        AuditEvent what,
        Func<ApiKey, ApiKey?> change,
        Caller caller,
        CancellationToken cancellationToken,
        Func<ApiKey, string>? detail = null
    )
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await FindAsync(accountId, id, cancellationToken) is not { } key || change(key) is not { } changed)
            {
                return null;
            }

            if (
                (
                    await store.SaveAsync(changed, Entry(what, key, caller, detail?.Invoke(key)), cancellationToken)
                ).IsCommitted
            )
            {
                return changed with { Revision = changed.Revision + 1 };
            }
        }

        throw new StoreUnavailableException("The key is being changed by others; nothing was changed.");
    }

    internal static bool MayBeKey([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text) =>
        text is { Length: >= 1 and <= ApiKeyText.Longest }
        && (!ApiKeyText.LooksOurs(text) || ApiKeyText.ChecksumHolds(text));

    private ApiKey New(Guid accountId, string name, Scopes scopes, TimeSpan? expiresIn, string text, string hint)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiresIn ?? Life, TimeSpan.Zero, nameof(expiresIn));
        var now = time.GetUtcNow();
        return new ApiKey
        {
            Id = random.NewId(now),
            AccountId = accountId,
            Name = name,
            Hash = keys.Hash(CredentialPurpose.ApiKey, text),
            Hint = hint,
            Scopes = scopes,
            CreatedAt = now,
            FreezesAt = now + (expiresIn ?? Life),
        };
    }

    private static string Named(Scopes scopes) => scopes.IsEmpty ? "none" : scopes.ToString();

    private DateTimeOffset Renewed(ApiKey key) =>
        (time.GetUtcNow() is var now && key.FreezesAt > now ? key.FreezesAt : now) + Life;

    private AuditEntry Entry(AuditEvent what, ApiKey key, Caller caller, string? detail = null) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = key.AccountId,
            ApiKeyId = key.Id,
            Detail = detail,
        };
}
