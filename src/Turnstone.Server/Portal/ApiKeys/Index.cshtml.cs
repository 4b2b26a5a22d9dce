using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>The reader's API keys, and which of them need attention.</summary>
public sealed class ApiKeysPage(Holdings keys, TimeProvider time) : PortalPage
{
    public IReadOnlyList<ApiKeyView> Live { get; private set; } = [];

    public IReadOnlyList<ApiKeyView> Past { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var now = time.GetUtcNow();
        var all = (await keys.ListAsync(Me.Id, Cancel))
            .Select(key => ApiKeyView.Of(key, now))
            .ToLookup(view => view.Past);
        (Live, Past) = ([.. all[false]], [.. all[true]]);
    }
}
