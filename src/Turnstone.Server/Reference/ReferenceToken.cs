using Microsoft.AspNetCore.Antiforgery;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Reference;

/// <summary>
/// A token for whoever tries calls in the reference. It goes the way of every code: one is made and exchanged, so it is
/// recorded, listed and revoked like any other. The portal's cookie alone opens it, without the password that a lasting
/// token asks for, so it ends within the hour whatever happens to it.
/// </summary>
public sealed class ReferenceToken(
    OneTimeCodes codes,
    TokenPipeline pipeline,
    CodeGrant grant,
    TurnstoneSettings settings
)
{
    public const string Path = $"{ReferencePages.Page}/token";

    /// <summary>The family whose refresh the page's script uses.</summary>
    private const string Family = "auth";

    /// <summary>
    /// The end is fixed here and kept in the session: a refresh, on whatever terms, does not get past it.
    /// </summary>
    private Terms Terms =>
        settings.Contracts.AuthV1.ToTerms(Family) with
        {
            AccessLifetime = TimeSpan.FromMinutes(5),
            RefreshLifetime = TimeSpan.FromHours(1),
            AbsoluteLifetime = TimeSpan.FromHours(1),
        };

    public static async Task<IResult> AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.RequestServices;
        // The script sends no body and its token in a header; a form would be read for one, and may be unreadable.
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
        var order = new CodeOrder { Contract = Family, Account = account };
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
