using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.GenerateToken;

/// <summary>
/// Shows a token set of the signed-in account once. It creates and exchanges a one-time code like any customer,
/// so session, audit log and limits are those of the contract.
/// </summary>
public sealed class GenerateTokenPage(
    OneTimeCodes codes,
    TokenPipeline pipeline,
    CodeGrant grant,
    TurnstoneSettings settings
) : SecretPage
{
    /// <summary>The tokens issued to this request.</summary>
    public Issued? Issued { get; private set; }

    public Terms Terms => settings.Contracts.TermsOf(Contract);

    /// <summary>Whether the contract of the token set is served.</summary>
    public bool Served => settings.Contracts.List.ForUnboundCodes is not null;

    /// <summary>The contract of the token set.</summary>
    public Contract Contract => settings.Contracts.List.ForUnboundCodes!;

    public TokenReading Reading => TokenReading.Of(Issued!.AccessToken);

    public string Json => TokenSet.Text(Issued!);

    public string ValidateLine => Samples.Validate(settings.Issuer, "ACCESS_TOKEN").ToString();

    public string RefreshLine => Samples.Refresh(settings.Issuer, "REFRESH_TOKEN").ToString();

    private UnboundCodeSamples Samples => Contract.Samples.UnboundCodes!;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!Served)
        {
            return Page();
        }

        if (SentBefore() is { } answer)
        {
            return answer;
        }

        if (await PasswordHoldsAsync())
        {
            var outcome = await OpenAsync();
            Issued = outcome.Value;
            if (outcome.Refusal is { } refusal)
            {
                RefusePassword(refusal);
            }
        }

        return Page();
    }

    /// <summary>The description of a claim, if there is one.</summary>
    public static string WordOf(ClaimReading claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return $"Claim_{claim.Name}";
    }

    private async Task<Outcome<Issued>> OpenAsync()
    {
        var order = new CodeOrder { Contract = Contract.Family, Account = Me };
        var code = await codes.MintAsync(order, TimeSpan.FromSeconds(settings.CodeSeconds), Caller, Cancel);
        return await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = Terms,
                Caller = Caller,
                Input = _ => GrantInput.Of((CodeGrant.Code, code)),
            },
            Cancel
        );
    }
}
