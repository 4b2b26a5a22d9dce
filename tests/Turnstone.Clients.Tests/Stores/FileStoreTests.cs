using Turnstone.Client;

namespace Turnstone.Clients.Tests.Stores;

public sealed class FileStoreTests : StoreTests, IDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-store-").FullName;

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("../outside")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_name_cannot_lead_out_of_the_folder(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await Open().LockAsync(name, TestContext.Current.CancellationToken)
        );

    protected override ISessionStore Open() => new FileStore(folder);
}
