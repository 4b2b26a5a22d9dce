using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.Products;

/// <summary>The products that customers can subscribe to.</summary>
public sealed class ProductsPage(
    ISubscriptionStore subscriptions,
    ProductCatalogue catalogue,
    TurnstoneSettings settings
) : ProductForm(settings)
{
    /// <summary>A part of a name or description.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public Listing<Product> Products { get; private set; } = Listing.Empty<Product>();

    /// <summary>The form was sent and has errors.</summary>
    public bool Open { get; private set; }

    public Task OnGetAsync() => LoadAsync();

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

        Open = true;
        await LoadAsync();
        return Page();
    }

    private async Task LoadAsync() =>
        Products = Listing.Of(
            await subscriptions.ListProductsAsync(Cancel),
            Find,
            Number,
            product => [product.Name, product.Description]
        );
}
