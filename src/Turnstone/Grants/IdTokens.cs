using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>
/// The ID token of an answer (OpenID Connect Core §3.1.3.3): for a code that was asked with the scope <c>openid</c>.
/// </summary>
public sealed class IdTokens(IdTokenWriter writer, SigningKeyRing ring)
{
    /// <summary>Asked before a commit, after which no answer may say that nothing was changed.</summary>
    /// <exception cref="Storage.StoreUnavailableException">There is no key that signs.</exception>
    public void RequireKey(Attempt attempt, Proof proof)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (CodeOf(attempt, proof) is not null)
        {
            ring.Signing(AlgorithmOf(attempt.Client!));
        }
    }

    /// <summary>
    /// The account whose claims the ID token is to have beside its own; null where it has none. To be read before a
    /// commit.
    /// </summary>
    public static Guid? AccountOf(Attempt attempt, Proof proof)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return CodeOf(attempt, proof) is { IdTokenClaims.Count: > 0 } code && code.Scopes.Contains(IdentityScopes.Email)
            ? code.AccountId
            : null;
    }

    /// <summary>The answer with its ID token, if it has one.</summary>
    public Issued AddTo(Issued issued, Attempt attempt, Proof proof)
    {
        ArgumentNullException.ThrowIfNull(issued);
        ArgumentNullException.ThrowIfNull(attempt);
        return CodeOf(attempt, proof) is { } code
            ? issued with
            {
                IdToken = writer.Write(
                    Claims(issued, code, attempt.Client!, attempt.Person),
                    AlgorithmOf(attempt.Client!)
                ),
            }
            : issued;
    }

    private static OneTimeCode? CodeOf(Attempt attempt, Proof proof)
    {
        var code = proof switch
        {
            Admission admission => admission.Code,
            RepeatProof repeat => repeat.Code,
            _ => null,
        };
        return
            attempt is { Request.WantsIdToken: true, Client: not null }
            && code?.Scopes.Contains(IdentityScopes.OpenId) is true
            ? code
            : null;
    }

    // RS256 is what a client expects that has registered nothing (OpenID Connect Registration §2).
    private static SigningAlgorithm AlgorithmOf(Client client) =>
        client.IsFapi2 ? SigningAlgorithm.ES256 : client.Algorithm ?? SigningAlgorithm.RS256;

    private static IdTokenClaims Claims(Issued issued, OneTimeCode code, Client client, Account? account) =>
        new()
        {
            Subject = issued.Session.Subject,
            ClientId = client.Id,
            SessionId = issued.Session.Id,
            IssuedAt = issued.Session.AdvancedAt,
            ExpiresAt = issued.Session.AccessExpiresAt,
            Nonce = code.Nonce,
            SignedInAt = code.SignedIn?.At,
            Methods = code.SignedIn?.Methods ?? [],
            Email = code.IdTokenClaims.Contains("email") ? account?.Email : null,
            EmailVerified = code.IdTokenClaims.Contains("email_verified") ? account?.EmailConfirmed : null,
            Acr = code.Acr,
            AccessToken = issued.AccessToken,
        };
}
