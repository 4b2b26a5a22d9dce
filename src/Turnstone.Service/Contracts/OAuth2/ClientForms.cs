using System.Collections.Immutable;
using Turnstone.Directory.ClientProofs;
using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>A form of this contract and the client that it shows.</summary>
internal sealed record ClientForm(FormBody Body, PresentedClient Client)
{
    public string? this[GrantParameter parameter] => Body[parameter.Name];

    /// <summary>
    /// What the tokens are wanted for (RFC 8707 §2). One without a value counts as absent (RFC 6749 §3.2).
    /// </summary>
    public IReadOnlyList<string> Resources =>
        [.. Body.All(OAuth2Parameters.Resource.Name).Where(resource => resource.Length > 0)];
}

/// <summary>
/// Reads forms alike at every endpoint of this contract that a client calls. What nobody has declared is ignored (RFC
/// 6749 §3.2).
/// </summary>
internal sealed class ClientForms(IssuerAndAudience issuer)
{
    // Whom an assertion may address beside the server as such (RFC 7523 §3): the endpoint that stands for it.
    private readonly ImmutableArray<string> endpoints = [OAuth2Contract.TokenUrl(issuer)];

    /// <summary>The form, or the answer to one that cannot be taken.</summary>
    /// <param name="context">The request.</param>
    /// <param name="declared">What is looked at before the client is proven, beside the client's own
    /// parameters.</param>
    /// <param name="url">One more name that an assertion for this endpoint may address; null for none.</param>
    public async ValueTask<(ClientForm? Form, JsonAnswer? Refused)> ReadAsync(
        HttpContext context,
        ImmutableArray<GrantParameter> declared,
        string? url = null
    )
    {
        var (body, fault) = await FormBody.ReadRepeatableAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            return (null, OAuthError.Of(fault, Described.Form));
        }

        if (body.FlawOf(OAuth2Parameters.Client) is { } clientFlaw)
        {
            return (null, OAuthError.Malformed(clientFlaw));
        }

        if (body.FlawOf(declared) is { } flaw)
        {
            return (null, OAuthError.Malformed(flaw));
        }

        var (client, unclear) = ClientCredentials.Read(
            context.Request,
            body[OAuth2Parameters.ClientId.Name],
            body[OAuth2Parameters.ClientSecret.Name]
        );
        return unclear is { } clientFault ? (null, OAuthError.Of(clientFault)) : WithAssertion(body, client, url);
    }

    private (ClientForm? Form, JsonAnswer? Refused) WithAssertion(FormBody body, PresentedClient client, string? url)
    {
        var (type, assertion) = (body[OAuth2Parameters.AssertionType.Name], body[OAuth2Parameters.Assertion.Name]);
        if (type is null && assertion is null)
        {
            return (new ClientForm(body, client), null);
        }

        var missing = type is null ? OAuth2Parameters.AssertionType : OAuth2Parameters.Assertion;
        if (type is null || assertion is null)
        {
            return (
                null,
                OAuthError.Malformed($"The parameter {missing.Name} is missing. Send it as {missing.Expected}.")
            );
        }

        return client.Secret is not null || client.ByHeader
            ? (null, OAuthError.Of(ClientCredentialsFault.Ambiguous))
            : (
                new ClientForm(
                    body,
                    client with
                    {
                        Assertion = new(assertion, issuer.Issuer, url is null ? endpoints : [.. endpoints, url]),
                    }
                ),
                null
            );
    }
}
