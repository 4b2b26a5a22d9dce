using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>Registers an API.</summary>
public sealed class NewApiPage(ApiCatalogue catalogue, IApiStore store) : ApiForm(catalogue)
{
    [BindProperty]
    public string? Id { get; set; }

    [BindProperty]
    public string? Identifier { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        var empty = new Api
        {
            Id = Id?.Trim() ?? "",
            Identifier = Identifier?.Trim() ?? "",
            Name = "",
        };
        var api = await ReadAsync(empty);
        if (api is not null)
        {
            var known = await store.ListAsync(Cancel);
            RefuseIf(nameof(Id), "Api_IdTaken", known.Any(one => one.Id == api.Id));
            RefuseIf(nameof(Identifier), "Api_IdentifierTaken", known.Any(one => one.Identifier == api.Identifier));
        }

        if (await JustifyAsync(Handler, password: true) is { } caller && api is not null && ModelState.IsValid)
        {
            if (await Catalogue.AddAsync(api, caller, Cancel) is not null)
            {
                SetNotice(Words["ApiAdded", api.Name]);
                return Redirect($"{AdministrationRoutes.Root}/apis");
            }

            RefuseChanged();
        }

        return Page();
    }

    private void RefuseIf(string field, string word, bool taken)
    {
        if (taken)
        {
            Refuse(field, Words[word]);
        }
    }
}
