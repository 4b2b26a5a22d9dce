using System.Globalization;
using Turnstone.Directory;
using Turnstone.Directory.Metadata;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Authorization;

/// <summary>
/// An account lets a client in: the consent that is remembered, and the code that the client is given for it.
/// </summary>
public sealed class Authorizations(
    IConsentStore consents,
    OneTimeCodes codes,
    MetadataClients described,
    RequestLimits limits,
    TimeProvider time
)
{
    /// <summary>
    /// Whether the account has let the client do all of this before. What it wants in particular is asked every time.
    /// </summary>
    public async Task<bool> RemembersAsync(
        AuthorizationRequest request,
        Account account,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Details.IsEmpty && await FindAsync(request, account, cancellationToken) is not null;
    }

    /// <summary>
    /// Writes down that the account lets the client in, beside what it has let it do before; for good, or for a time.
    /// The record has what it was told of each scope.
    /// </summary>
    public Task GiveAsync(
        AuthorizationRequest request,
        Account account,
        Caller caller,
        CancellationToken cancellationToken,
        TimeSpan? life = null,
        Func<string, string?>? said = null
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = new Target(request.Resources, request.Scopes);
        return GiveAsync(request.Client, request.Family, target, account, caller, cancellationToken, life, said);
    }

    /// <summary>The same for what was asked otherwise than by a browser.</summary>
    public async Task<Consent> GiveAsync(
        Client client,
        string family,
        Target target,
        Account account,
        Caller caller,
        CancellationToken cancellationToken,
        TimeSpan? life = null,
        Func<string, string?>? said = null
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(account);
        var now = time.GetUtcNow();
        var consent = new Consent(account.Id, client.Id, family, target.Scopes, now)
        {
            Resources = target.Resources,
            EndsAt = now + life,
        };
        var scopes = Said(target.Scopes, said);
        var what = target.Resources.IsEmpty ? scopes : $"{scopes} for {target.Resources}";
        var entry = new AuditEntry
        {
            Event = AuditEvent.ConsentGiven,
            At = now,
            Caller = caller,
            AccountId = account.Id,
            ClientId = client.Id,
            Contract = family,
            Detail = consent.EndsAt is { } end
                ? string.Create(CultureInfo.InvariantCulture, $"{what} until {end:yyyy-MM-dd HH:mm} UTC")
                : what,
        };
        await consents.GiveAsync(consent, client.Scopes, entry, cancellationToken);
        return consent;
    }

    /// <summary>A code for the client, on a consent that stands.</summary>
    public async Task<Outcome<AuthorizationCode>> CodeAsync(
        AuthorizationRequest request,
        Account account,
        SignedIn? signedIn,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(account);
        if (limits.Take($"account:{account.Id}") is { } tooMany)
        {
            return tooMany;
        }

        if (await FindAsync(request, account, cancellationToken) is not { } consent)
        {
            return Refusals.ConsentWithdrawn;
        }

        var kept = await described.KeepAsync(request.Client, account.Id, caller, cancellationToken);
        if (kept.Refusal is { } refusal)
        {
            return refusal;
        }

        var order = new CodeOrder
        {
            Contract = request.Family,
            Account = account,
            ClientId = request.Client.Id,
            RedirectUri = request.ReplyTo.Named ? request.ReplyTo.RedirectUri : null,
            Challenge = request.Challenge,
            Scopes = request.Scopes,
            Resources = request.Resources,
            Details = request.Details,
            Nonce = request.Nonce,
            IdTokenClaims = request.Claims.InIdToken,
            KeyThumbprint = request.KeyThumbprint,
            SignedIn = signedIn,
            SessionEndsAt = consent.EndsAt,
            Acr = signedIn?.Acr(request.AcrValues),
            TellsSignIn = request.TellsSignIn,
        };
        var code = await codes.MintAsync(order, request.Rules.CodeLife, caller, cancellationToken);

        // Taking a consent back deletes the codes that are there. This one may have come a moment later: then the
        // consent is gone by now, and the code goes to nobody.
        return await FindAsync(request, account, cancellationToken) is not null
            ? new AuthorizationCode(code)
            : Refusals.ConsentWithdrawn;
    }

    // What a scope allows may be said otherwise later: the record keeps what the person has read.
    private static string Said(Scopes scopes, Func<string, string?>? said) =>
        said is null
            ? scopes.ToString()
            : string.Join(
                ", ",
                scopes.Names.Select(name => said(name) is { } sentence ? $"{name} “{sentence}”" : name)
            );

    private async Task<Consent?> FindAsync(
        AuthorizationRequest request,
        Account account,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(account);
        return
            await consents.FindAsync(account.Id, request.Client.Id, request.Family, cancellationToken) is { } consent
            && consent.Stands(time.GetUtcNow())
            && request.Scopes.Within(consent.Scopes)
            && request.Resources.Within(consent.Resources)
            ? consent
            : null;
    }
}

/// <summary>The text of a code, on its way to the client.</summary>
public sealed record AuthorizationCode(string Text)
{
    public override string ToString() => "a code";
}
