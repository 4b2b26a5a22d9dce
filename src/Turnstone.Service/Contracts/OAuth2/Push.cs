using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>POST /oauth2/par</c> (RFC 9126): a client proves itself and sends its authorization request ahead. It is checked
/// as the authorization endpoint checks it, so that a mistake is the client's to see and not its user's.
/// </summary>
internal sealed class Push(
    AuthorizationRules rules,
    ClientProof clients,
    PushedRequests requests,
    ClientOrigins origins,
    ClientForms forms,
    DpopHeader dpop,
    PossessionProof possession,
    Apis apis,
    IssuerAndAudience issuer
)
{
    private const int LongestName = 64;

    private static readonly Refusal OtherKey = new(
        RefusalCode.InvalidDpopProof,
        "The dpop_jkt names another key than the DPoP proof.",
        "Send the thumbprint (RFC 7638) of the key of the proof, or leave dpop_jkt out."
    );

    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;

        // RFC 9126 §2: here an assertion may address this endpoint too.
        var (form, refusedForm) = await forms.ReadAsync(context, [], OAuth2Contract.PushUrl(issuer));
        if (form is null)
        {
            return refusedForm!;
        }

        await origins.AllowAsync(context, form.Client.Id);
        var caller = RequestFacts.Caller(context);
        var presented = form.Client with { Begins = true };
        var proof = await clients.ProveAsync(presented, OAuth2Contract.Family, caller, cancellationToken);
        if (!proof.Granted(out var client, out var refusal))
        {
            return OAuthError.Of(refusal);
        }

        if (requests.Limit(client, caller) is { } tooMany)
        {
            return OAuthError.Of(tooMany);
        }

        if (!KeyOf(context, form, client).Granted(out var key, out refusal))
        {
            return OAuthError.Of(refusal);
        }

        return key.Proof is { } shown && await possession.SpendAsync(shown, cancellationToken) is { } repeated
            ? OAuthError.Of(repeated)
            : await PushAsync(form, client, key.Proof?.KeyThumbprint, cancellationToken);
    }

    // RFC 9449 §10.1: the key may be named, or shown by a proof; both have to be the same.
    private Outcome<Possession> KeyOf(HttpContext context, ClientForm form, Client client)
    {
        if (dpop.Read(context, OAuth2Contract.PushUrl(issuer)) is not { } presented)
        {
            return Possession.None;
        }

        var shown = possession.Read(client, presented);
        return
            shown.Value?.Proof is { } proof
            && form.Body[AuthorizationParameters.KeyThumbprint] is { Length: > 0 } named
            && named != proof.KeyThumbprint
            ? OtherKey
            : shown;
    }

    private async ValueTask<IResult> PushAsync(
        ClientForm form,
        Client client,
        string? key,
        CancellationToken cancellationToken
    )
    {
        // RFC 9126 §2.1: a pushed request is not itself somewhere else.
        if (form.Body["request_uri"] is not null)
        {
            return OAuthError.Malformed("The parameter request_uri cannot be pushed. Send the parameters themselves.");
        }

        if (RepeatedIn(form.Body) is { } name)
        {
            return OAuthError.Malformed($"{Named(name)} came more than once. Send it once.");
        }

        var parameters = Parameters(form.Body, client, key).ToList();
        var query = QueryOf(parameters);
        if (query.Length > PushedRequests.Longest)
        {
            return OAuthError.Malformed(
                $"The request is too long. {Named(LongestOf(parameters))} is the longest of it. "
                    + $"Send {PushedRequests.Longest} characters at most, percent signs counted."
            );
        }

        return AuthorizationCheck.Read(
            new AuthorizationParameters(parameters) { Pushed = true },
            client,
            rules,
            apis
        ) switch
        {
            SoundRequest => Render(await requests.PushAsync(client, query, cancellationToken)),
            RefusedRequest refused => OAuthError.Of(
                StatusCodes.Status400BadRequest,
                refused.Error,
                refused.Reason,
                invalid: true
            ),
            _ => OAuthError.Malformed(
                "The parameter redirect_uri is not one of the client's. Send one that is registered, character for "
                    + "character."
            ),
        };
    }

    private static string? RepeatedIn(FormBody form) =>
        form.Repeated.FirstOrDefault(name => name != OAuth2Parameters.Resource.Name);

    private static string LongestOf(IEnumerable<KeyValuePair<string, string>> parameters) =>
        parameters.MaxBy(pair => Uri.EscapeDataString(pair.Key).Length + Uri.EscapeDataString(pair.Value).Length).Key;

    // A name may be anything, and a description has few characters (RFC 6749 §5.2).
    private static string Named(string name) =>
        name.Length <= LongestName && name.All(one => char.IsAsciiLetterOrDigit(one) || one is '_')
            ? $"The parameter {name}"
            : "A parameter that nobody reads";

    /// <summary>The request without what proves the client, which is nothing to store.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Parameters(FormBody form, Client client, string? key) =>
        form
            .Parameters.Where(sent => OAuth2Parameters.Client.All(proof => proof.Name != sent.Key))
            .Where(sent => key is null || sent.Key != AuthorizationParameters.KeyThumbprint)
            .Concat(key is null ? [] : [KeyValuePair.Create(AuthorizationParameters.KeyThumbprint, key)])
            .Prepend(KeyValuePair.Create(OAuth2Parameters.ClientId.Name, client.Id));

    private static string QueryOf(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join(
            '&',
            parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}")
        );

    private static JsonAnswer Render(string requestUri) =>
        new(
            StatusCodes.Status201Created,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("request_uri", requestUri);
                json.WriteNumber("expires_in", (int)PushedRequests.Life.TotalSeconds);
                json.WriteEndObject();
            }
        );
}
