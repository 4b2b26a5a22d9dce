using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Applications;

/// <summary>Makes an application; its secret is shown by the answer to the form, this once.</summary>
public sealed class NewApplicationPage(
    OwnApplications applications,
    ContractsSettings contracts,
    IStringLocalizer<ApplicationsWords> words
) : ApplicationFormPage(applications, contracts, words)
{
    private const string PublicKind = "public";
    private const string ConfidentialKind = "confidential";

    /// <summary>What it can keep to itself: chosen once, because it decides what can be proven of it.</summary>
    [BindProperty]
    public string? Kind { get; set; }

    public MintedClient? Made { get; private set; }

    public void OnGet() =>
        (Kind, Form.GrantTypes) = (
            ConfidentialKind,
            [ApplicationRules.AuthorizationCode, ApplicationRules.RefreshToken]
        );

    public async Task<IActionResult> OnPostAsync()
    {
        if (Kind is not (PublicKind or ConfidentialKind))
        {
            Refuse(nameof(Kind), Words["KindMissing"]);
        }

        if (Draft() is not { } draft || !ModelState.IsValid || !MayMake(""))
        {
            return Page();
        }

        var result = await Applications.CreateAsync(Me.Id, Kind == PublicKind, draft, Caller, Cancel);
        Refuse(result.Problems);
        Made = result.Made;
        if (Made is { Secret: null })
        {
            Tell(Words["Created"]);
            return Redirect($"/portal/applications/{Made.Client.Id}");
        }

        return Page();
    }
}
