using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>A one-time code as it came back.</summary>
/// <param name="Code">The code, as sent.</param>
/// <param name="Family">The family of contracts it was made for.</param>
/// <param name="Client">The client that proved itself; null at contracts that know none.</param>
/// <param name="RedirectUri">Must be the one the code was asked with, if it was (RFC 6749 §4.1.3).</param>
/// <param name="Verifier">The PKCE verifier (RFC 7636 §4.5).</param>
public sealed record CodeExchange(
    string Code,
    string Family,
    Client? Client = null,
    string? RedirectUri = null,
    string? Verifier = null
)
{
    public override string ToString() => $"a code of {Family}";
}

/// <summary>
/// The way in with a one-time code. It is consumed in the commit that opens the session; a code that comes a second
/// time was stolen from one of two, so what it gave is revoked (RFC 6749 §4.1.2). An exchange that fails before that
/// consumes nothing.
/// </summary>
public sealed class CodeGrant(
    OneTimeCodes codes,
    SessionRevocation revocation,
    LoginDoor door,
    TokenDesk desk,
    TimeProvider time
)
{
    public const string GrantType = "authorization_code";

    public async Task<Outcome<Issued>> ExchangeAsync(
        CodeExchange exchange,
        Terms terms,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var facts = new LoginFacts(nameof(GrantKind.Code), terms.Contract, caller) { ClientId = exchange.Client?.Id };
        var code = await codes.FindAsync(exchange.Code, cancellationToken);
        if (
            code is null
            || !MadeFor(code, exchange, terms)
            || code.ClientId != exchange.Client?.Id
            || !HolderProven(code, exchange)
        )
        {
            return await door.FailedAsync(facts, Refusals.InvalidCode, cancellationToken);
        }

        if (code.UsedAt is null && time.GetUtcNow() < code.ExpiresAt)
        {
            var outcome = await desk.OpenAsync(
                Admitted(code, exchange.Client),
                terms.For(exchange.Client),
                caller,
                Refusals.InvalidCode,
                cancellationToken
            );
            if (outcome.Refusal is null)
            {
                return outcome;
            }

            // Two exchanges side by side: the one that lost the race is the second use.
            code = await codes.FindAsync(exchange.Code, cancellationToken) ?? code;
        }

        return await RefuseAsync(code, facts with { AccountId = code.AccountId }, cancellationToken);
    }

    private async Task<Refusal> RefuseAsync(OneTimeCode code, LoginFacts facts, CancellationToken cancellationToken)
    {
        if (code.SessionId is { } session)
        {
            await revocation.EndAsync(
                session,
                RevocationReason.CodeReuse,
                facts.Caller,
                cancellationToken,
                AuditEvent.CodeReused
            );
        }

        return await door.FailedAsync(facts, Refusals.InvalidCode, cancellationToken);
    }

    // Within a family a code may be bound to the one kind of session that these terms open.
    private static bool MadeFor(OneTimeCode code, CodeExchange exchange, Terms terms) =>
        code.Contract == exchange.Family || code.Contract == terms.Contract;

    // A verifier for a code that was asked without a challenge is refused too: somebody took the challenge out on the
    // way (RFC 9700 §2.1.1).
    private static bool HolderProven(OneTimeCode code, CodeExchange exchange) =>
        (code.RedirectUri is null || code.RedirectUri == exchange.RedirectUri)
        && (
            code.Challenge is null
                ? exchange.Verifier is null && exchange.Client is not { Public: true }
                : Pkce.Matches(code.Challenge, exchange.Verifier)
        );

    private static Admission Admitted(OneTimeCode code, Client? client) =>
        new()
        {
            Grant = GrantKind.Code,
            Subject = code.AccountId.ToString(),
            AccountId = code.AccountId,
            ClientId = client?.Id,
            Scopes = code.Scopes,
            Refreshable = client?.MayUse(RefreshGrant.GrantType) ?? true,
            Preconditions = new Preconditions
            {
                Account = (code.AccountId, code.AccountEpoch),
                Client = client is null ? null : (client.Id, client.Epoch),
                CodeHash = code.Hash,
            },
        };
}
