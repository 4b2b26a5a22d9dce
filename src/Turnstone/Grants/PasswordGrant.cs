using System.Collections.Immutable;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// Email and password, and the subscription that the login came with where the contract asks for one.
/// </summary>
public sealed class PasswordGrant(ThrottledPasswordCheck passwords, Products products, AccountScopes accountScopes)
    : Grant
{
    // RFC 5321 §4.5.3.1: a local part of 64, an at sign, a domain of 255.
    public static readonly GrantParameter Username = new("username", Longest: 320);

    public static readonly GrantParameter Password = new("password", PasswordText.LongestUtf8, Secret: true);

    public override string Kind => GrantKind.Password;

    public override ImmutableArray<GrantParameter> Parameters { get; } = [Username, Password];

    public override GrantLimits Limits { get; } = new() { NetworkFirst = true };

    public override Refusal Wrong => PasswordCheck.Wrong;

    public override async ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var proof = await passwords.CheckAsync(
            attempt.Input.Required(Username),
            attempt.Input.Required(Password),
            attempt.Caller,
            new LoginEvidence { Subscription = attempt.Request.Subscription },
            cancellationToken
        );
        if (!proof.Granted(out var account, out var refusal))
        {
            return new FailedProof(refusal);
        }

        // Until the email is confirmed it may be anybody's, and a token names it; the portal says so to whoever has the
        // password. Another account's subscription admits to nothing; a wrong password's answer tells nothing about
        // either.
        var subscription = attempt.Request.Subscription;
        if (!account.EmailConfirmed || (subscription is not null && subscription.AccountId != account.Id))
        {
            return new FailedProof(Wrong) { AccountId = account.Id };
        }

        var product = subscription is null
            ? null
            : await products.FindAsync(subscription.ProductId, cancellationToken)
                ?? throw new InvalidOperationException("A subscription has a product.");
        return Admitted(account, subscription, product?.Scopes ?? accountScopes.Scopes);
    }

    private static Admission Admitted(Account account, Subscription? subscription, Scopes scopes) =>
        new()
        {
            Grant = GrantKind.Password,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            Subscription = subscription is { UsedKey: { } key } ? (subscription.Id, key) : null,
            ProductId = subscription?.ProductId,
            Scopes = scopes,
            Preconditions = new Preconditions
            {
                Account = (account.Id, account.Epoch),
                SubscriptionId = subscription?.Id,
            },
        };
}
