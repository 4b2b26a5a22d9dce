using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>GET</c> or <c>POST /oauth2/userinfo</c> (OpenID Connect Core §5.3): who the access token acts for, as far as its
/// scopes tell. A token for any API will do that has the scope <c>openid</c>: a client that asks for one need not ask
/// for another to learn who its user is.
/// </summary>
internal sealed class Userinfo(ProvenAccess access, IAccountStore accounts, IssuerAndAudience issuer)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var (claims, refused) = await access.ReadAsync(context, OAuth2Contract.UserinfoUrl(issuer));
        if (claims is null)
        {
            return refused!;
        }

        if (!claims.Scopes.Contains(IdentityScopes.OpenId))
        {
            return LacksScope();
        }

        return
            claims.AccountId is { } id
            && await accounts.FindAsync(id, context.RequestAborted) is { DisabledAt: null } account
            ? Render(claims, account)
            : ProvenAccess.Refused(AccessTokenFault.Revoked);
    }

    private static JsonAnswer Render(AccessTokenClaims claims, Account account) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("sub", claims.Subject);
                if (claims.Scopes.Contains(IdentityScopes.Email))
                {
                    json.WriteString("email", account.Email);
                    json.WriteBoolean("email_verified", account.EmailConfirmed);
                }

                json.WriteEndObject();
            }
        );

    private static JsonAnswer LacksScope()
    {
        const string Reason = "The access token lacks the scope openid. Ask for it when the user signs in.";
        return OAuthError.Of(
            StatusCodes.Status403Forbidden,
            "insufficient_scope",
            Reason,
            challenge: BearerChallenge.ForScope(IdentityScopes.OpenId, Reason)
        );
    }
}
