using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>POST /oauth2/introspect</c> (RFC 7662), signed for who asks for that (RFC 9701). It is for servers: no page of
/// another origin may read its answers.
/// </summary>
internal sealed class Introspect(
    Terms terms,
    ClientProof clients,
    TokenIntrospection introspection,
    ClientForms forms,
    IntrospectionWriter writer,
    IssuerAndAudience issuer,
    TimeProvider time
)
{
    public const string Signed = "application/token-introspection+jwt";

    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (form, refusedForm) = await forms.ReadAsync(context, []);
        if (form is null)
        {
            return refusedForm!;
        }

        var proof = await clients.ProveAsync(
            form.Client,
            OAuth2Contract.Family,
            RequestFacts.Caller(context),
            cancellationToken
        );
        if (!proof.Granted(out var client, out var refusal))
        {
            return OAuthError.Of(refusal);
        }

        if (introspection.RefuseAsking(client) is { } mayNot)
        {
            return OAuthError.Of(mayNot);
        }

        if (form.Body.FlawOf(OAuth2Parameters.OneToken) is { } flaw)
        {
            return OAuthError.Malformed(flaw);
        }

        var facts = await introspection.FindAsync(form[OAuth2Parameters.Token]!, client, terms, cancellationToken);
        return WantsSigned(context.Request) ? Sign(facts, client) : Render(facts);
    }

    private JsonAnswer Render(TokenFacts? facts) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                Write(json, facts);
                json.WriteEndObject();
            }
        );

    // RS256 unless the client has an algorithm of its own, as for its ID tokens (RFC 9701 §6).
    private IResult Sign(TokenFacts? facts, Client client) =>
        Results.Bytes(
            Encoding.ASCII.GetBytes(
                writer.Write(
                    client.Id,
                    time.GetUtcNow(),
                    json => Write(json, facts),
                    client.Algorithm ?? SigningAlgorithm.RS256
                )
            ),
            Signed
        );

    private void Write(Utf8JsonWriter json, TokenFacts? facts)
    {
        json.WriteBoolean("active", facts is not null);
        if (facts is null)
        {
            return;
        }

        json.WriteString("scope", facts.Scopes.ToString());
        WriteIfAny(json, "client_id", facts.ClientId);
        WriteIfAny(json, "username", facts.Username);
        json.WriteString("token_type", TypeOf(facts));
        json.WriteNumber("exp", facts.ExpiresAt.ToUnixTimeSeconds());
        json.WriteNumber("iat", facts.IssuedAt.ToUnixTimeSeconds());
        json.WriteString("sub", facts.Subject);
        WriteAudiences(json, facts.Audiences);
        json.WriteString("iss", issuer.Issuer);
        WriteIfAny(json, "jti", facts.TokenId);
        facts.Actor?.Write(json);
        if (facts.KeyThumbprint is { } key)
        {
            json.WriteStartObject("cnf");
            json.WriteString("jkt", key);
            json.WriteEndObject();
        }

        if (!facts.Details.IsEmpty)
        {
            json.WritePropertyName(OAuth2Parameters.Details.Name);
            facts.Details.WriteTo(json);
        }

        if (facts.Authentication is { } authentication)
        {
            json.WriteNumber("auth_time", authentication.At.ToUnixTimeSeconds());
            json.WriteString("acr", authentication.Acr);
            WriteTexts(json, "amr", authentication.Methods);
        }
    }

    private static void WriteAudiences(Utf8JsonWriter json, IReadOnlyList<string> audiences)
    {
        if (audiences is [var one])
        {
            json.WriteString("aud", one);
            return;
        }

        WriteTexts(json, "aud", audiences);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    // A refresh token is no token of RFC 6749 §7.1; RFC 8693 §2.2.1 has the word for that.
    private static string TypeOf(TokenFacts facts) =>
        facts.TokenId is null ? "N_A"
        : facts.KeyThumbprint is null ? "Bearer"
        : "DPoP";

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static bool WantsSigned(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(Signed, StringComparison.OrdinalIgnoreCase) && type.Quality != 0);
}
