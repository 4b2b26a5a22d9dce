using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>The APIs that tokens are for: those that are registered, and that of the settings.</summary>
public sealed class ApisPage(IApiStore store, Apis known) : AdministrationPage
{
    public IReadOnlyList<Api> Registered { get; private set; } = [];

    public Api Default => known.Default;

    public async Task OnGetAsync() => Registered = await store.ListAsync(Cancel);
}
