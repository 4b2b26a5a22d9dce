using System.Security.Cryptography;
using Turnstone.Client;

namespace Turnstone.Clients.Tests.Stores;

public sealed class SealedStoreTests : StoreTests, IDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-store-").FullName;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Nothing_readable_is_stored_and_another_key_opens_nothing()
    {
        await using (await Open().LockAsync("one", Cancel))
        {
            await Open().WriteAsync("one", "a secret text", null, Cancel);
        }

        var stored = await File.ReadAllTextAsync(Path.Combine(folder, "one.json"), Cancel);
        Assert.DoesNotContain("secret", stored, StringComparison.Ordinal);
        var other = new SealedStore(new FileStore(folder), RandomNumberGenerator.GetBytes(32));
        await Assert.ThrowsAsync<SessionStoreException>(async () => await other.ReadAsync("one", Cancel));
    }

    [Fact]
    public async Task A_file_in_the_place_of_another_is_refused()
    {
        await using (await Open().LockAsync("one", Cancel))
        {
            await Open().WriteAsync("one", "a secret text", null, Cancel);
        }

        File.Copy(Path.Combine(folder, "one.json"), Path.Combine(folder, "two.json"));
        await Assert.ThrowsAsync<SessionStoreException>(async () => await Open().ReadAsync("two", Cancel));
    }

    protected override ISessionStore Open() => new SealedStore(new FileStore(folder), key);
}
