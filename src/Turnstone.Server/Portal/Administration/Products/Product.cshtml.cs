using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.Products;

/// <summary>Changes a product. Existing subscriptions stay.</summary>
public sealed class ProductPage(
    ISubscriptionStore subscriptions,
    ProductCatalogue catalogue,
    TurnstoneSettings settings
) : ProductForm(settings)
{
    public Product Product { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync([FromRoute] Guid id)
    {
        if (await subscriptions.FindProductAsync(id, Cancel) is not { } product)
        {
            return NotFound();
        }

        Product = product;
        (Name, Description, ApprovalRequired, Chosen) = (
            product.Name,
            product.Description,
            product.ApprovalRequired,
            product.Scopes.Names
        );
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromRoute] Guid id)
    {
        if (await subscriptions.FindProductAsync(id, Cancel) is not { } product)
        {
            return NotFound();
        }

        Product = product;
        var facts = Read();
        if (await JustifyAsync(Handler) is { } caller && facts is not null)
        {
            if (await catalogue.ChangeAsync(id, facts, caller, Cancel) is not null)
            {
                SetNotice(Words["ProductChanged", facts.Name]);
                return Redirect($"{AdministrationRoutes.Root}/products");
            }

            RefuseTaken();
        }

        return Page();
    }
}
