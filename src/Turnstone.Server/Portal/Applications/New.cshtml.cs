using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Applications;

/// <summary>Creates an application. The answer shows its secret once.</summary>
public sealed class NewApplicationPage(
    OwnApplications applications,
    ContractsSettings contracts,
    IStringLocalizer<ApplicationsWords> words
) : ApplicationFormPage(applications, contracts, words)
{
    private const string PublicKind = "public";
    private const string ConfidentialKind = "confidential";

    /// <summary>Whether it can keep a secret. This cannot be changed later.</summary>
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

        if (Draft() is not { } draft || !ModelState.IsValid || !MayCreate(""))
        {
            return Page();
        }

        var result = await Applications.CreateAsync(Me.Id, Kind == PublicKind, draft, Caller, Cancel);
        Refuse(result.Problems);
        Made = result.Made;
        if (Made is { Secret: null })
        {
            SetNotice(Words["Created"]);
            return Redirect($"/portal/applications/{Made.Client.Id}");
        }

        return Page();
    }
}
