using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Micro;

/// <summary>
/// Sealing under the master key: a box with a key of its own beside one of the first format (docs/adr/0019), which the
/// product only opens. 64 bytes are a TOTP secret or a subscription key, 1,024 a cookie.
/// </summary>
public class SealingCases
{
    private const string Purpose = "data protection\n6:cookie";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] firstKey = new byte[MasterKey.Size];
    private MasterKeyRing ring = null!;
    private byte[] plain = [];
    private byte[] box = [];
    private byte[] firstBox = [];

    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var master = RandomSource.System.Bytes(MasterKey.Size);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, firstKey, salt: default, info: "turnstone seal 1"u8);
        ring = new MasterKeyRing(new MasterKey(master));
        plain = RandomSource.System.Bytes(Size);
        (box, firstBox) = (Seal(), SealFirstFormat());
    }

    [Benchmark(Baseline = true)]
    public byte[] SealFirstFormat()
    {
        var made = new byte[1 + NonceSize + plain.Length + TagSize];
        made[0] = ring.Current.Id;
        var nonce = made.AsSpan(1, NonceSize);
        RandomSource.System.Fill(nonce);
        using var aes = new AesGcm(firstKey, TagSize);
        aes.Encrypt(
            nonce,
            plain,
            made.AsSpan(1 + NonceSize, plain.Length),
            made.AsSpan(^TagSize..),
            Encoding.UTF8.GetBytes(Purpose)
        );
        return made;
    }

    [Benchmark]
    public byte[] Seal() => ring.Seal(Purpose, plain, RandomSource.System);

    [Benchmark]
    public byte[] OpenFirstFormat() => ring.Open(Purpose, firstBox);

    [Benchmark]
    public byte[] Open() => ring.Open(Purpose, box);
}
