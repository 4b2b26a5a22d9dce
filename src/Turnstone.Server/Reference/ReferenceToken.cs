using Microsoft.AspNetCore.Antiforgery;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Accounts;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Reference;

/// <summary>
/// A token for trying calls in the reference. A one-time code is created and exchanged as usual, so it is recorded,
/// listed and revoked like any other. The portal's cookie is enough, without the password that a lasting token needs,
/// so the session ends within the hour. Each reader has one: the next ends the one before.
/// </summary>
public sealed class ReferenceToken(
    OneTimeCodes codes,
    TokenPipeline pipeline,
    CodeGrant grant,
    RequestLimits limits,
    ISessionStore sessions,
    SessionRevocation revocation,
    TurnstoneSettings settings
)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public const string Path = $"{ReferencePages.Page}/token";

    private static readonly IResult SwitchedOff = AuthErrors.Misdirected(
        StatusCodes.Status404NotFound,
        "The contract that exchanges codes without a client is switched off, so there is no token for the reference."
    );

    private Contract Contract => settings.Contracts.List.ForUnboundCodes!;

    /// <summary>The session's absolute end, which no refresh extends.</summary>
    private Terms Terms =>
        settings.Contracts.TermsOf(Contract) with
        {
            AccessLifetime = TimeSpan.FromMinutes(5),
            RefreshLifetime = Life,
            AbsoluteLifetime = Life,
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

        if (services.GetRequiredService<ContractList>().ForUnboundCodes is null)
        {
            return SwitchedOff;
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
        if (limits.TakeCreation(account.Id) is { } tooMany)
        {
            return tooMany;
        }

        var before = await BeforeAsync(account.Id, cancellationToken);
        var order = new CodeOrder { Contract = Contract.Family, Account = account };
        var code = await codes.MintAsync(order, TimeSpan.FromSeconds(settings.CodeSeconds), caller, cancellationToken);
        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = Terms,
                Caller = caller,
                Input = _ => GrantInput.Of((CodeGrant.Code, code)),
            },
            cancellationToken
        );
        foreach (var session in outcome.Refusal is null ? before : [])
        {
            await revocation.EndAsync(session, RevocationReason.Logout, caller, cancellationToken);
        }

        return outcome;
    }

    /// <summary>
    /// The reader's sessions of before: those of a code without a client that end within the hour. Where the contract's
    /// own do so too they cannot be told apart, and none is ended.
    /// </summary>
    private async Task<List<SessionId>> BeforeAsync(Guid account, CancellationToken cancellationToken) =>
        settings.Contracts.TermsOf(Contract).AbsoluteLifetime == Life
            ? []
            :
            [
                .. (await sessions.ListAsync(SessionHolder.Account(account), SessionCount.Most, cancellationToken))
                    .Where(session =>
                        session is { Grant: GrantKind.Code, ClientId: null, EndsAt: { } end }
                        && end - session.CreatedAt == Life
                    )
                    .Select(session => session.Id),
            ];
}
