using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory.Trust;

namespace Turnstone.Server.Portal.Administration.RegisteredProviders;

/// <summary>One identity provider: what was last seen of it, its fields, and its end.</summary>
public sealed class ProviderPage(IdentityProviders providers) : ProviderForm(providers)
{
    public IdentityProvider Known { get; private set; } = null!;

    /// <summary>Whether the last assertion that came was refused.</summary>
    public bool IsRefused => Known.Refused is { } refused && !(Known.Used?.At > refused.At);

    /// <summary>What the last refused assertion lacked, in the reader's words.</summary>
    public string Lacked
    {
        get
        {
            var lack = TrustLack.Parse(Known.Refused!.Value.Lacked);
            return lack.Word switch
            {
                TrustLack.Client or TrustLack.Person => Words[$"Provider_lack_{lack.Word}", lack.Text],
                TrustLack.Audience => Words["Provider_lack_audience", lack.Text],
                TrustLack.Keys => TrustSays[$"Lack_keys_{lack.Text}"],
                _ => TrustSays[$"Lack_{lack.Word}"],
            };
        }
    }

    public async Task<IActionResult> OnGetAsync([FromRoute] string id)
    {
        if (!await FindAsync(id))
        {
            return NotFound();
        }

        Fill(Known);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromRoute] string id)
    {
        if (!await FindAsync(id))
        {
            return NotFound();
        }

        if (
            await JustifyAsync(Handler, password: true) is { } caller
            && await ReadAsync(Known with { Revision = Revision }) is { } changed
        )
        {
            if (await Providers.SaveAsync(changed, caller, Cancel))
            {
                SetNotice(Words["ProviderSaved", Known.Issuer]);
                return Redirect(Path);
            }

            Refuse(nameof(Domains), Words["ProviderStale"]);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync([FromRoute] string id)
    {
        if (!await FindAsync(id))
        {
            return NotFound();
        }

        if (await JustifyAsync("Remove") is not { } caller)
        {
            Fill(Known);
            return Page();
        }

        await Providers.RemoveAsync(Known, caller, Cancel);
        SetNotice(Words["ProviderRemoved", Known.Issuer]);
        return Redirect(Path);
    }

    private async Task<bool> FindAsync(string id)
    {
        var found = await Providers.FindAsync(id, Cancel);
        Known = found!;
        return found is not null;
    }
}
