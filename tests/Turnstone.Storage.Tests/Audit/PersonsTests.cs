using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Storage.Blocks;

namespace Turnstone.Storage.Tests.Audit;

public sealed class PersonsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(300)]
    public void What_names_a_person_stands_under_a_key_stream_of_RFC_5869(int length)
    {
        var (secret, id) = (RandomSource.System.Bytes(32), RandomSource.System.NewId(DateTimeOffset.UnixEpoch));
        var plain = RandomSource.System.Bytes(length);
        var expected = HKDF.Expand(HashAlgorithmName.SHA256, secret, Math.Max(length, 1), [.. Bytes(id), (byte)'o']);

        var covered = Persons.Cover(secret, id, 'o', plain);

        Assert.Equal([.. plain.Zip(expected, (one, other) => (byte)(one ^ other))], covered);
        Assert.Equal(plain, Persons.Cover(secret, id, 'o', covered));
    }

    private static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);
}
