using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Turnstone.Testing;

/// <summary>
/// RSA keys that are made once and lent to one test after the other: making one takes 150 ms of a core, reading one
/// half a millisecond. Within a test no key comes twice; servers that tests share must not remember one.
/// </summary>
internal static class RsaKeys
{
    private static readonly ConcurrentDictionary<(int Bits, int Number), Lazy<byte[]>> Made = new();
    private static readonly ConcurrentDictionary<(string Test, int Bits), int> Lent = new();

    public static RSA Next(int bits)
    {
        var test = TestContext.Current.Test?.UniqueID;
        if (test is null)
        {
            return RSA.Create(bits);
        }

        var number = Lent.AddOrUpdate((test, bits), 0, (_, last) => last + 1);
        var pkcs8 = Made.GetOrAdd((bits, number), _ => new Lazy<byte[]>(() => Make(bits)));
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8.Value, out _);
        return key;
    }

    private static byte[] Make(int bits)
    {
        using var key = RSA.Create(bits);
        return key.ExportPkcs8PrivateKey();
    }
}
