using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>The reader's API keys, and which of them need attention.</summary>
public sealed class ApiKeysPage(Holdings keys, TimeProvider time) : PortalPage
{
    /// <summary>A part of a name, a scope, or of the beginning of a key.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    [BindProperty(SupportsGet = true, Name = "past")]
    public string? PastNumber { get; set; }

    /// <summary>How many there are, whatever was searched for.</summary>
    public int Total { get; private set; }

    /// <summary>Those that freeze soon or have, whatever is shown.</summary>
    public IReadOnlyList<ApiKeyView> Pressing { get; private set; } = [];

    public Listing<ApiKeyView> Live { get; private set; } = Listing.Empty<ApiKeyView>();

    public Listing<ApiKeyView> Past { get; private set; } = Listing.Empty<ApiKeyView>();

    public async Task OnGetAsync()
    {
        var now = time.GetUtcNow();
        var all = (await keys.ListAsync(Me.Id, Cancel)).Select(key => ApiKeyView.Of(key, now)).ToList();
        (Total, Pressing) = (all.Count, [.. all.Where(view => view.NeedsAttention)]);
        Live = Listing.Of(all.Where(view => !view.Past), Find, Number, TextsOf);
        Past = Listing.Of(all.Where(view => view.Past), Find, PastNumber, TextsOf);
    }

    private static IEnumerable<string?> TextsOf(ApiKeyView view) =>
        [view.Key.Name, view.Key.Hint, .. view.Key.Scopes.Names];
}
