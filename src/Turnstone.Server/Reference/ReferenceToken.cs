using Microsoft.AspNetCore.Antiforgery;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Reference;

/// <summary>
/// A token for trying calls in the reference. A one-time code is created and exchanged as usual, so it is recorded,
/// listed and revoked like any other. The portal's cookie is enough, without the password that a lasting token needs,
/// so the session ends within the hour.
/// </summary>
public sealed class ReferenceToken(
    OneTimeCodes codes,
    TokenPipeline pipeline,
    CodeGrant grant,
    TurnstoneSettings settings
)
{
    public const string Path = $"{ReferencePages.Page}/token";

    private Contract Contract => settings.Contracts.List.ForUnboundCodes;

    /// <summary>The session's absolute end, which no refresh extends.</summary>
    private Terms Terms =>
        settings.Contracts.TermsOf(Contract) with
        {
            AccessLifetime = TimeSpan.FromMinutes(5),
            RefreshLifetime = TimeSpan.FromHours(1),
            AbsoluteLifetime = TimeSpan.FromHours(1),
        };

    public static async Task<IResult> AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.RequestServices;
        // The script sends its token in a header and no body; a form would be read and might be unreadable.
        if (
            PortalSession.AccountOf(context) is not { } account
            || context.Request.HasFormContentType
            || !await services.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context)
        )
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        var outcome = await services
            .GetRequiredService<ReferenceToken>()
            .OpenAsync(account, services.GetRequiredService<CurrentCaller>().Current, context.RequestAborted);
        return outcome.Granted(out var issued, out var refusal)
            ? TokenSet.Answer(StatusCodes.Status201Created, issued)
            : AuthErrors.Refused(refusal);
    }

    private async Task<Outcome<Issued>> OpenAsync(Account account, Caller caller, CancellationToken cancellationToken)
    {
        var order = new CodeOrder { Contract = Contract.Family, Account = account };
        var code = await codes.MintAsync(order, TimeSpan.FromSeconds(settings.CodeSeconds), caller, cancellationToken);
        return await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = Terms,
                Caller = caller,
                Input = _ => GrantInput.Of((CodeGrant.Code, code)),
            },
            cancellationToken
        );
    }
}
