using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Holdings = Turnstone.Directory.Subscriptions;

namespace Turnstone.Server.Portal.Subscriptions;

/// <summary>The reader's subscriptions, and the products.</summary>
public sealed class SubscriptionsPage(
    Holdings subscriptions,
    ISubscriptionStore store,
    IStringLocalizer<SubscriptionWords> words
) : PortalPage
{
    /// <summary>The id of the chosen product.</summary>
    [BindProperty]
    public string? Product { get; set; }

    /// <summary>A part of the name of a product.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    /// <summary>The page of the products.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ProductNumber { get; set; }

    public IReadOnlyList<SubscriptionView> Own { get; private set; } = [];

    public Listing<SubscriptionView> Listed { get; private set; } = Listing.Empty<SubscriptionView>();

    public Listing<Product> Products { get; private set; } = Listing.Empty<Product>();

    public bool OffersSearch { get; private set; }

    public Task OnGetAsync() => LoadAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (!Guid.TryParse(Product, out var id) || await store.FindProductAsync(id, Cancel) is not { } product)
        {
            return NotFound();
        }

        if (!await subscriptions.HasRoomAsync(Me.Id, Cancel))
        {
            Refuse(nameof(Product), words["TooMany", Holdings.MostLive]);
        }

        if (!ModelState.IsValid || !MayCreate(nameof(Product)))
        {
            await LoadAsync();
            return Page();
        }

        if (await subscriptions.SubscribeAsync(Me.Id, product.Name, Caller, Cancel) is not { } made)
        {
            return NotFound();
        }

        SetNotice(
            words[
                made.Subscription.State.Known is SubscriptionState.Submitted ? "NoticeSubmitted" : "NoticeActive",
                product.Name
            ]
        );
        return Redirect($"/portal/subscriptions/{made.Subscription.Id}");
    }

    /// <summary>The reader's current subscription to a product, if there is one.</summary>
    public SubscriptionView? HeldOf(Product product) =>
        Own.FirstOrDefault(view => view.IsOpen && view.Subscription.ProductId == product.Id);

    private async Task LoadAsync()
    {
        var products = await store.ListProductsAsync(Cancel);
        Own =
        [
            .. (await subscriptions.ListAsync(Me.Id, Cancel)).Select(subscription =>
                SubscriptionView.Of(subscription, products)
            ),
        ];
        Listed = Listing.Of(Own, Find, Number, view => [view.ProductName, view.Product?.Description]);
        Products = Listing.Of(products, Find, ProductNumber, product => [product.Name, product.Description]);
        OffersSearch = Own.Count >= Listing.Few || products.Count >= Listing.Few || !string.IsNullOrEmpty(Find);
    }
}
