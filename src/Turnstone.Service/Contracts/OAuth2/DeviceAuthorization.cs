using Turnstone.Authorization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>POST /oauth2/device_authorization</c> (RFC 8628 §3.1): the codes for a device whose user answers elsewhere.
/// </summary>
internal sealed class DeviceAuthorization(
    ClientProof clients,
    DeviceAuthorizations devices,
    ClientOrigins origins,
    ClientForms forms,
    Apis apis,
    IssuerAndAudience issuer
)
{
    private readonly string page = issuer.Issuer.TrimEnd('/') + DevicePaths.Page;

    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (form, refusedForm) = await forms.ReadAsync(context, OAuth2Parameters.DeviceRequest);
        if (form is null)
        {
            return refusedForm!;
        }

        await origins.AllowAsync(context, form.Client.Id);
        var caller = RequestFacts.Caller(context);
        var proof = await clients.ProveAsync(form.Client, OAuth2Contract.Family, caller, cancellationToken);
        if (!proof.Granted(out var client, out var refusal))
        {
            return OAuthError.Of(refusal);
        }

        if (!TargetOf(client, form).Granted(out var target, out refusal))
        {
            return OAuthError.Of(refusal);
        }

        var begun = await devices.BeginAsync(client, target, OAuth2Contract.Family, caller, cancellationToken);
        return begun.Granted(out var codes, out refusal) ? Render(codes) : OAuthError.Of(refusal);
    }

    /// <summary>As at the authorization endpoint: all of the client's where none are asked for.</summary>
    private Outcome<Target> TargetOf(Client client, ClientForm form) =>
        !client.MayUse(DeviceCodeGrant.TypeName) ? Refusals.UnauthorizedClient
        : !Scopes.TryParse(form[OAuth2Parameters.Scope], out var scopes) ? Refusals.InvalidScope
        : apis.Choose(form.Resources, scopes, client.Scopes, client.Resources);

    private JsonAnswer Render(DeviceCodes codes) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                var shown = UserCodeText.Shown(codes.UserCode);
                json.WriteStartObject();
                json.WriteString("device_code", codes.DeviceCode);
                json.WriteString("user_code", shown);
                json.WriteString("verification_uri", page);
                json.WriteString("verification_uri_complete", $"{page}?user_code={shown}");
                json.WriteNumber("expires_in", (int)DeviceAuthorizations.Life.TotalSeconds);
                json.WriteNumber("interval", (int)DeviceAuthorizations.Interval.TotalSeconds);
                json.WriteEndObject();
            }
        );
}
