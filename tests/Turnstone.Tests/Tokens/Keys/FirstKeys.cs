using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>
/// The two keys of one first start, shared by the tests that do not care which keys they are: an RSA key takes long to
/// make.
/// </summary>
internal static class FirstKeys
{
    private static readonly Lazy<Task<IReadOnlyList<SigningKeyRecord>>> Made = new(MakeAsync);

    public static MasterKey Master { get; } = new(RandomSource.System.Bytes(MasterKey.Size));

    public static Task<IReadOnlyList<SigningKeyRecord>> RecordsAsync() => Made.Value;

    public static SigningKeyRing Ring(
        ISigningKeyStore store,
        TimeProvider time,
        MasterKeyRing? masters = null,
        KeyCalendar? calendar = null
    ) => new(store, masters ?? new MasterKeyRing(Master), calendar ?? new KeyCalendar(), time, RandomSource.System);

    public static async Task<(SigningKeyRing Ring, InMemorySigningKeyStore Store)> StartAsync(TimeProvider time)
    {
        var store = new InMemorySigningKeyStore(await RecordsAsync());
        var ring = Ring(store, time);
        await ring.LoadAsync(TestContext.Current.CancellationToken);
        return (ring, store);
    }

    public static byte[] Open(SigningKeyRecord record) =>
        new MasterKeyRing(Master).Open($"signing key {record.Kid}", record.Sealed);

    private static async Task<IReadOnlyList<SigningKeyRecord>> MakeAsync()
    {
        var store = new InMemorySigningKeyStore();
        await Ring(store, new FakeTimeProvider()).TendAsync(CancellationToken.None);
        return store.Records;
    }
}
