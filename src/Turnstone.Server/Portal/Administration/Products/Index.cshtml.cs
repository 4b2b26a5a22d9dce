using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.Products;

/// <summary>The products that customers can subscribe to.</summary>
public sealed class ProductsPage(
    ISubscriptionStore subscriptions,
    ProductCatalogue catalogue,
    TurnstoneSettings settings
) : ProductForm(settings)
{
    public IReadOnlyList<Product> Products { get; private set; } = [];

    /// <summary>The form was sent and has errors.</summary>
    public bool Open { get; private set; }

    public async Task OnGetAsync() => Products = await subscriptions.ListProductsAsync(Cancel);

    public async Task<IActionResult> OnPostAsync()
    {
        var facts = Read();
        if (await JustifyAsync(Handler) is { } caller && facts is not null)
        {
            if (await catalogue.AddAsync(facts, caller, Cancel) is { } product)
            {
                SetNotice(Words["ProductAdded", product.Name]);
                return Redirect($"{AdministrationRoutes.Root}/products");
            }

            RefuseTaken();
        }

        (Open, Products) = (true, await subscriptions.ListProductsAsync(Cancel));
        return Page();
    }
}
