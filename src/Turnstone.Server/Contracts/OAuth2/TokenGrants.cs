using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>What each grant type reads from the form, and the core's way in that it stands for.</summary>
internal sealed record TokenGrants(CodeGrant Codes, ClientCredentialsGrant Programs, RefreshGrant Refreshes)
{
    /// <summary>The grant types there are, as discovery lists them.</summary>
    public static readonly string[] Types =
    [
        CodeGrant.GrantType,
        ClientCredentialsGrant.GrantType,
        RefreshGrant.GrantType,
    ];

    public static bool Knows(string grantType) => Array.IndexOf(Types, grantType) >= 0;

    public Task<(Outcome<Issued> Outcome, IResult? Fault)> GrantAsync(
        TokenRequest request,
        Scopes? asked,
        CancellationToken cancellationToken
    ) =>
        request.GrantType switch
        {
            CodeGrant.GrantType => ExchangeAsync(request, cancellationToken),
            RefreshGrant.GrantType => RefreshAsync(request, asked, cancellationToken),
            _ => Task.FromResult<(Outcome<Issued>, IResult?)>(
                (Programs.Issue(request.Client, asked, request.Terms, request.Caller), null)
            ),
        };

    private async Task<(Outcome<Issued> Outcome, IResult? Fault)> ExchangeAsync(
        TokenRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Form["code"] is not { } code)
        {
            return Missing("code");
        }

        var exchange = new CodeExchange(
            code,
            OAuth2Routes.Family,
            request.Client,
            request.Form["redirect_uri"],
            request.Form["code_verifier"]
        );
        return (await Codes.ExchangeAsync(exchange, request.Terms, request.Caller, cancellationToken), null);
    }

    private async Task<(Outcome<Issued> Outcome, IResult? Fault)> RefreshAsync(
        TokenRequest request,
        Scopes? asked,
        CancellationToken cancellationToken
    )
    {
        if (request.Form["refresh_token"] is not { } token)
        {
            return Missing("refresh_token");
        }

        return RequestFacts.TryIdempotencyKey(request.Request, out var key)
            ? (
                await Refreshes.RefreshAsync(
                    new RefreshRequest(token, request.Client, key, asked),
                    request.Terms,
                    request.Caller,
                    cancellationToken
                ),
                null
            )
            : (
                default,
                OAuthError.Malformed("The Idempotency-Key must be one text of at most 255 printable ASCII characters.")
            );
    }

    private static (Outcome<Issued> Outcome, IResult? Fault) Missing(string name) =>
        (default, OAuthError.Malformed($"The parameter {name} is missing."));
}
