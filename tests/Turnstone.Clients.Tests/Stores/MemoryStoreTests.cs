using Turnstone.Client;

namespace Turnstone.Clients.Tests.Stores;

public sealed class MemoryStoreTests : StoreTests
{
    private readonly MemoryStore store = new();

    protected override ISessionStore Open() => store;
}
