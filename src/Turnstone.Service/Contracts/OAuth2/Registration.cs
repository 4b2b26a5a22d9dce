using System.Text.Json;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Directory.Metadata;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>POST /oauth2/register</c>: a client registers itself (RFC 7591 §3), if it may. And <c>GET</c>, <c>PUT</c>,
/// <c>DELETE /oauth2/register/{id}</c>: it reads, changes and deletes that by a token of its own (RFC 7592).
/// </summary>
internal sealed class Registration(Registrations registrations, RegistrationPolicy policy, IssuerAndAudience issuer)
{
    public const string Id = "id";

    public async ValueTask<IResult> RegisterAsync(HttpContext context)
    {
        if (policy.Mode is RegistrationMode.Closed)
        {
            return OAuthError.Of(
                StatusCodes.Status403Forbidden,
                "access_denied",
                "Clients cannot register themselves here. Ask whoever runs this service for a client."
            );
        }

        if (policy.Mode is RegistrationMode.Open)
        {
            // There is no client yet whose origins could be asked, and nothing here that a page could not send anyway.
            context.Response.Headers.AccessControlAllowOrigin = "*";
        }

        if (!policy.Admits(Bearer(context.Request)))
        {
            return NoToken("The initial access token is missing or wrong. Send the one you were given after Bearer.");
        }

        var (request, refused) = await ReadAsync(context);
        if (request is null)
        {
            return refused!;
        }

        var outcome = await registrations.RegisterAsync(
            request.Metadata,
            RequestFacts.Caller(context),
            context.RequestAborted
        );
        return outcome.Granted(out var made, out var refusal)
            ? Render(StatusCodes.Status201Created, made.Client, made.Secret, made.Token)
            : OAuthError.Of(refusal);
    }

    public async ValueTask<IResult> ManageAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (caller, token) = (RequestFacts.Caller(context), Bearer(context.Request));
        var found = await registrations.FindAsync(
            context.GetRouteValue(Id) as string,
            token,
            caller,
            cancellationToken
        );
        if (!found.Granted(out var client, out var refusal))
        {
            return refusal.Code is RefusalCode.InvalidClient
                ? NoToken($"{refusal.Reason} {refusal.NextStep}")
                : OAuthError.Of(refusal);
        }

        if (HttpMethods.IsDelete(context.Request.Method))
        {
            await registrations.DeleteAsync(client, caller, cancellationToken);
            return Results.NoContent();
        }

        return HttpMethods.IsGet(context.Request.Method)
            ? Render(StatusCodes.Status200OK, client, secret: null, token)
            : await ReplaceAsync(context, client, caller, token);
    }

    private async ValueTask<IResult> ReplaceAsync(HttpContext context, Client client, Caller caller, string token)
    {
        var (request, refused) = await ReadAsync(context);
        if (request is null)
        {
            return refused!;
        }

        if (ProblemOf(request, client) is { } problem)
        {
            return Refused(problem);
        }

        return await registrations.ReplaceAsync(client, request.Metadata, caller, context.RequestAborted) is { } changed
            ? Render(StatusCodes.Status200OK, changed, secret: null, token)
            : NoToken("The client is gone.");
    }

    // RFC 7592 §2.2.
    private MetadataProblem? ProblemOf(RegistrationRequest request, Client client) =>
        request.ClientId != client.Id ? MetadataProblem.Of("client_id must be the one of the address.")
        : request.RepeatsOurs
            ? MetadataProblem.Of("Leave out what the server says: tokens, addresses and times of the registration.")
        : request.ClientSecret is { } secret && !registrations.Knows(client, secret)
            ? MetadataProblem.Of("client_secret is not the client's; leave it out.")
        : request.Metadata.Method is ClientMethod.ClientSecretBasic or ClientMethod.ClientSecretPost
        && !client.HasSecrets
            ? MetadataProblem.Of("token_endpoint_auth_method: this client has no secret; register a new one.")
        : null;

    private static string Bearer(HttpRequest request) => RequestFacts.AccessToken(request, bare: false).ToString();

    private static async ValueTask<(RegistrationRequest? Request, JsonAnswer? Refused)> ReadAsync(HttpContext context)
    {
        const string MediaTypes = "a JSON object (application/json)";
        if (!MediaType.Is(context.Request, Described.Json))
        {
            return (null, OAuthError.Of(BodyFault.UnsupportedMediaType, MediaTypes));
        }

        MetadataProblem? problem = null;
        var (request, fault) = await BodyBytes.ReadAsync(
            context.Request,
            JsonBody.Largest,
            Parse,
            context.RequestAborted
        );
        return request is not null ? (request, null)
            : problem is not null ? (null, Refused(problem))
            : (null, OAuthError.Of(fault, MediaTypes));

        (RegistrationRequest?, BodyFault?) Parse(ReadOnlyMemory<byte> bytes)
        {
            (var read, problem) = RegistrationRequest.Read(bytes.ToArray());
            return (read, read is null ? BodyFault.NotJson : null);
        }
    }

    private static JsonAnswer Refused(MetadataProblem problem) =>
        OAuthError.Of(StatusCodes.Status400BadRequest, problem.Error, problem.Sentence, invalid: true);

    private static JsonAnswer NoToken(string sentence) =>
        OAuthError.Of(
            StatusCodes.Status401Unauthorized,
            "invalid_token",
            sentence,
            challenge: BearerChallenge.Of("invalid_token", sentence)
        );

    private JsonAnswer Render(int status, Client client, string? secret, string token) =>
        new(status, json => Write(json, client, secret, token));

    private void Write(Utf8JsonWriter json, Client client, string? secret, string token)
    {
        json.WriteStartObject();
        json.WriteString("client_id", client.Id);
        json.WriteNumber("client_id_issued_at", client.CreatedAt.ToUnixTimeSeconds());
        if (secret is not null)
        {
            json.WriteString("client_secret", secret);
            json.WriteNumber("client_secret_expires_at", 0);
        }

        json.WriteString("registration_access_token", token);
        json.WriteString("registration_client_uri", $"{OAuth2Contract.RegisterUrl(issuer)}/{client.Id}");
        json.WriteString("client_name", client.Name);
        json.WriteString("token_endpoint_auth_method", client.Method?.NameOf());
        json.WriteString("application_type", client.RedirectUris.All(ApplicationTypes.IsOfWeb) ? "web" : "native");
        json.WriteString("subject_type", client.Pairwise ? "pairwise" : "public");
        json.WriteString("scope", client.Scopes.ToString());
        WriteList(json, "grant_types", client.GrantTypes);
        WriteList(json, "response_types", ["code"]);
        WriteList(json, "redirect_uris", client.RedirectUris);
        if (client.PostLogoutRedirectUris.Count > 0)
        {
            WriteList(json, "post_logout_redirect_uris", client.PostLogoutRedirectUris);
        }

        if (client.KeysUri is { } uri)
        {
            json.WriteString("jwks_uri", uri);
        }

        if (client.Keys is { } keys)
        {
            json.WritePropertyName("jwks");
            json.WriteRawValue(keys.Text);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
