using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>
/// A person for whom a company's identity provider lets a client act (Identity Assertion JWT Authorization Grant). The
/// client has proven itself; the assertion is for it alone. The company has agreed in the place of the person, so there
/// is no consent, and no refresh token: it is asked again each time.
/// </summary>
public sealed class VouchedPerson(
    IIdentityProviderStore providers,
    IssuerKeys issuers,
    ISpentStore spent,
    IAccountStore accounts,
    Apis apis,
    IssuerAndAudience self,
    TimeProvider time
)
{
    private const RefusalCode Code = RefusalCode.InvalidGrant;

    /// <summary>One answer for whoever is not there, is disabled or is somebody else's.</summary>
    private static readonly Refusal Unknown = new(
        Code,
        "The identity provider speaks for no account of this person here.",
        "Let the person sign up here with the address that the provider knows, or ask the administrator."
    );

    private static readonly Refusal OfAnotherClient = new(
        Code,
        "The client_id of the assertion is another client's.",
        "Ask the identity provider for one for this client."
    );

    public async ValueTask<Proof> AdmitAsync(
        Client client,
        Attempt attempt,
        ForeignAssertion assertion,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(assertion);
        var provider = await providers.FindAsync(assertion.Issuer, cancellationToken);
        if (provider is null || !provider.Clients.Contains(client.Id))
        {
            return Failed(TrustRefusals.Wrong(Code));
        }

        if (await RefuseAsync(client, provider, assertion, cancellationToken) is { } refusal)
        {
            return Failed(refusal);
        }

        if (await AccountOfAsync(provider, assertion, cancellationToken) is not { } account)
        {
            Note(provider, new TrustLack(TrustLack.Person, assertion.Subject));
            return Failed(Unknown);
        }

        if (!ChooseFor(client, attempt.Input, assertion).Granted(out var target, out var unchosen))
        {
            return Failed(unchosen, account);
        }

        // Last of all, so that what is refused otherwise stays good.
        if (!await spent.SpendAsync(assertion.FingerprintBy(provider.Keys), assertion.SpentUntil, cancellationToken))
        {
            var repeated = new TrustLack(TrustLack.Repeated);
            Note(provider, repeated);
            return Failed(TrustRefusals.Of(repeated, Code), account);
        }

        if (!await LinkAsync(provider, assertion, account, attempt.Caller, cancellationToken))
        {
            return Failed(Unknown);
        }

        providers.NoteUse(provider.Issuer, time.GetUtcNow(), TrustLack.Shown(assertion.Subject));
        return new Admission
        {
            Grant = attempt.Grant.Kind,
            Subject = account.Id.ToString(),
            AccountId = account.Id,
            Client = client,
            Scopes = target.Scopes,
            Resources = target.Resources,
            Refreshable = false,
            Preconditions = new Preconditions
            {
                Account = (account.Id, account.Epoch),
                Client = (client.Id, client.Epoch),
            },
        };

        FailedProof Failed(Refusal refused, Account? of = null) =>
            new(refused) { ClientId = client.Id, AccountId = of?.Id };
    }

    private async ValueTask<Refusal?> RefuseAsync(
        Client client,
        IdentityProvider provider,
        ForeignAssertion assertion,
        CancellationToken cancellationToken
    )
    {
        var keys = provider.Keys;
        if (keys is null)
        {
            var payer = FetchPayer.Registered(provider.Issuer);
            var published = await issuers.OfAsync(provider.Issuer, assertion.Kid, payer, cancellationToken);
            if (!published.Got(out keys, out _))
            {
                Note(provider, new TrustLack(TrustLack.Keys, $"{published.Fault}"));
                return TrustRefusals.Keyless(published, Code);
            }
        }

        if (!assertion.IsSignedBy(keys))
        {
            return TrustRefusals.Wrong(Code);
        }

        var lack =
            TrustLack.Of(assertion.FaultAt(self.Issuer, time.GetUtcNow()), assertion)
            ?? (
                assertion.ClientId == client.Id ? null : new TrustLack(TrustLack.Client, assertion.ClientId ?? "")
            );
        if (lack is null)
        {
            return null;
        }

        Note(provider, lack);
        return lack.Word is TrustLack.Client ? OfAnotherClient : TrustRefusals.Of(lack, Code);
    }

    // Only of what the provider has signed, or of its keys: nobody else writes on its page.
    private void Note(IdentityProvider provider, TrustLack lack) =>
        providers.NoteRefusal(provider.Issuer, time.GetUtcNow(), lack.ToString());

    // The subject is the same for ever, an address may pass to somebody else. An address outside of the company is not
    // the provider's to speak for, whoever had it before.
    private async ValueTask<Account?> AccountOfAsync(
        IdentityProvider provider,
        ForeignAssertion assertion,
        CancellationToken cancellationToken
    )
    {
        var account =
            await providers.PersonAsync(assertion.Issuer, assertion.Subject, cancellationToken) is { } linked
                ? await accounts.FindAsync(linked, cancellationToken)
            : assertion.Claims.GetValueOrDefault("email") is { } email
            && assertion.Claims.GetValueOrDefault("email_verified") is null or "true"
            && EmailAddress.TryNormalize(email, out var normalized)
            && provider.SpeaksFor(email)
                ? await accounts.FindByEmailAsync(normalized, cancellationToken)
            : null;
        return account is { EmailConfirmed: true, DisabledAt: null } && provider.SpeaksFor(account.Email)
            ? account
            : null;
    }

    private Outcome<Target> ChooseFor(Client client, GrantInput input, ForeignAssertion assertion)
    {
        // What only a person who signs in here can give.
        var allowed = client.Scopes.Without(Scopes.Of([IdentityScopes.OpenId, IdentityScopes.OfflineAccess]));
        if (assertion.Claims.GetValueOrDefault("scope") is { } text && Scopes.TryParse(text, out var granted))
        {
            allowed = allowed.And(granted);
        }

        var named = input.Resources;
        if (assertion.Resources is { Count: > 0 } meant)
        {
            if (named.Except(meant).Any())
            {
                return Refusals.InvalidTarget(
                    "The assertion is for another resource.",
                    $"Send {string.Join(" or ", meant.Select(TrustLack.Shown))} as resource, or leave it out."
                );
            }

            named = named.Count > 0 ? named : meant;
        }

        var choice = apis.Choose(named, input.Scopes, allowed, client.Resources);
        return !choice.Granted(out var target, out var refusal) ? refusal
            : apis.LevelOf(target.Resources) is not null ? Refusals.SignInTooWeak
            : target;
    }

    private async Task<bool> LinkAsync(
        IdentityProvider provider,
        ForeignAssertion assertion,
        Account account,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await providers.PersonAsync(assertion.Issuer, assertion.Subject, cancellationToken) == account.Id)
        {
            return true;
        }

        var receipt = await providers.LinkAsync(
            assertion.Issuer,
            assertion.Subject,
            account.Id,
            AttemptEntries.Linked(account.Id, provider.Issuer, caller, time.GetUtcNow()),
            cancellationToken
        );
        return receipt.IsCommitted;
    }
}
