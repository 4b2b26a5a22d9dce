using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Applications;

/// <summary>
/// Creates an application: first what it is, then what that kind needs. The answer shows its secret once.
/// </summary>
public sealed class NewApplicationPage(
    OwnApplications applications,
    TurnstoneSettings settings,
    RandomSource random,
    IStringLocalizer<ApplicationsWords> words
) : ApplicationFormPage(applications, settings.Contracts, words)
{
    public const string Path = "/portal/applications/new";

    /// <summary>The name of an <see cref="ApplicationKind"/>; anything else is asked for.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    public ApplicationKind? Chosen => ApplicationKind.Find(Kind);

    public MintedClient? Made { get; private set; }

    public FirstToken? First => Made is null ? null : FirstToken.Of(Made.Client, settings, random);

    public override bool AsksForUsers => Chosen is { SignsIn: true };

    protected override bool MayBePublic => Chosen is { Public: true };

    public void OnGet() => Form.GrantTypes = [.. Chosen?.GrantTypes ?? []];

    public async Task<IActionResult> OnPostAsync()
    {
        if (Chosen is not { } kind)
        {
            Refuse(nameof(Kind), Words["KindMissing"]);
            return Page();
        }

        if (!kind.SignsIn)
        {
            // Its form asks for neither.
            (Form.GrantTypes, Form.RedirectUris) = ([.. kind.GrantTypes], null);
        }

        if (Draft() is not { } draft || !ModelState.IsValid || !MayCreate(""))
        {
            return Page();
        }

        var result = await Applications.CreateAsync(Me.Id, kind.Public, draft, Caller, Cancel);
        Refuse(result.Problems);
        Made = result.Made;
        if (Made is { Secret: null })
        {
            SetNotice(Words["Created"]);
            return Redirect($"/portal/applications/{Made.Client.Id}#try");
        }

        return Page();
    }
}
