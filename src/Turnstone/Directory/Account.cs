namespace Turnstone.Directory;

/// <summary>
/// A person at a customer. Everything that ASP.NET Core Identity keeps about one has its place here; mutable because
/// Identity's managers change it property by property and then save it once.
/// </summary>
public sealed class Account
{
    public required Guid Id { get; init; }

    public required string Email { get; set; }

    /// <summary>Its person was erased: it has no email, is disabled, and nobody enables it again.</summary>
    public bool Erased => Email.Length == 0;

    /// <summary>The email as it is compared: upper case, invariant.</summary>
    public required string NormalizedEmail { get; set; }

    public bool EmailConfirmed { get; set; }

    /// <summary>A self-describing string; null for an account that has no password.</summary>
    public string? PasswordHash { get; set; }

    public required string SecurityStamp { get; set; }

    /// <summary>Changes at every save; a save that was made on an older one is refused.</summary>
    public required string ConcurrencyStamp { get; set; }

    public bool Administrator { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }

    public bool TwoFactorEnabled { get; set; }

    /// <summary>The TOTP secret, sealed under the master key.</summary>
    public byte[]? AuthenticatorKey { get; set; }

    /// <summary>The last time step whose one-time password was taken: none is taken twice (RFC 6238 §5.2).</summary>
    public long? LastTotpStep { get; set; }

    /// <summary>Recovery codes not yet used, as keyed hashes.</summary>
    public IReadOnlyList<byte[]> RecoveryCodes { get; set; } = [];

    /// <summary>
    /// Since when the app's codes wait for the word of the mailbox: until then they are asked for and raise no level
    /// (ADR 42). Null: they count.
    /// </summary>
    public DateTimeOffset? SecondFactorWaitsSince { get; set; }

    /// <summary>When the email became another one; null if it never did.</summary>
    public DateTimeOffset? EmailChangedAt { get; set; }

    /// <summary>
    /// The networks of the last sign-ins, the newest last: see <see cref="Directory.KnownNetworks"/>. No save changes
    /// them.
    /// </summary>
    public IReadOnlyList<byte[]> KnownNetworks { get; init; } = [];

    /// <summary>No save changes them.</summary>
    public LetterWishes Letters { get; init; } = LetterWishes.None;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// Goes up when the password is changed, the account is disabled or everything of it is revoked: a session that is
    /// being opened on an older epoch is not opened.
    /// </summary>
    public long Epoch { get; init; }

    public void TakeSecondFactor() =>
        (TwoFactorEnabled, AuthenticatorKey, LastTotpStep, RecoveryCodes, SecondFactorWaitsSince) = (
            false,
            null,
            null,
            [],
            null
        );
}

/// <summary>A passkey (WebAuthn credential) of an account; the data is Identity's, kept whole.</summary>
public sealed record Passkey(byte[] CredentialId, Guid AccountId, string Data, DateTimeOffset CreatedAt)
{
    /// <summary>As <see cref="Account.SecondFactorWaitsSince"/>.</summary>
    public DateTimeOffset? WaitsSince { get; init; }
}
