using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>Changes an API. Its id and its identifier stay.</summary>
public sealed class ApiPage(ApiCatalogue catalogue, IApiStore store, IssuerAndAudience issuer) : ApiForm(catalogue)
{
    public Api Known { get; private set; } = null!;

    /// <summary>The revision that the form was filled from: who saves an older one undoes nothing of another.</summary>
    [BindProperty]
    public long Revision { get; set; }

    public override long? FilledFrom => Revision;

    /// <summary>What the API names in its challenges (RFC 9728 §5.1).</summary>
    public string Metadata => $"{issuer.Issuer.TrimEnd('/')}/.well-known/oauth-protected-resource/{Known.Id}";

    public async Task<IActionResult> OnGetAsync([FromRoute] string id)
    {
        if (await FindAsync(id) is not { } api)
        {
            return NotFound();
        }

        Known = api;
        Revision = api.Revision;
        Fill(api);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromRoute] string id)
    {
        if (await FindAsync(id) is not { } api)
        {
            return NotFound();
        }

        Known = api;
        var changed = await ReadAsync(api with { Revision = Revision });
        if (await JustifyAsync(Handler, password: true) is { } caller && changed is not null)
        {
            if (await Catalogue.ChangeAsync(api, changed, caller, Cancel) is not null)
            {
                SetNotice(Words["ApiChanged", changed.Name]);
                return Redirect($"{AdministrationRoutes.Root}/apis");
            }

            RefuseChanged();
        }

        return Page();
    }

    private async Task<Api?> FindAsync(string id) => ApiRules.IsId(id) ? await store.FindAsync(id, Cancel) : null;
}
