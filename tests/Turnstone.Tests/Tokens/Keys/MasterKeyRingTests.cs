using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

public sealed class MasterKeyRingTests
{
    private static readonly MasterKey Old = new(Enumerable.Repeat((byte)1, MasterKey.Size).ToArray());
    private static readonly MasterKey New = new(Enumerable.Repeat((byte)2, MasterKey.Size).ToArray());
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes("a private key");

    [Fact]
    public void What_was_sealed_is_opened_again() =>
        Assert.Equal(
            Plain,
            new MasterKeyRing(New).Open("purpose", new MasterKeyRing(New).Seal("purpose", Plain, RandomSource.System))
        );

    [Fact]
    public void What_the_previous_key_sealed_is_opened_and_what_is_sealed_now_is_the_current_keys()
    {
        var both = new MasterKeyRing(New, Old);

        Assert.Equal(Plain, both.Open("purpose", new MasterKeyRing(Old).Seal("purpose", Plain, RandomSource.System)));
        Assert.Equal(Plain, new MasterKeyRing(New).Open("purpose", both.Seal("purpose", Plain, RandomSource.System)));
    }

    [Fact]
    public void Another_purpose_opens_nothing()
    {
        var box = new MasterKeyRing(New).Seal("purpose", Plain, RandomSource.System);

        Assert.ThrowsAny<CryptographicException>(() => new MasterKeyRing(New).Open("another", box));
    }

    [Fact]
    public void A_key_that_is_not_in_force_opens_nothing()
    {
        var box = new MasterKeyRing(Old).Seal("purpose", Plain, RandomSource.System);

        Assert.ThrowsAny<CryptographicException>(() => new MasterKeyRing(New).Open("purpose", box));
    }

    [Fact]
    public void A_secret_is_known_by_its_hash_under_any_key_in_force_and_only_for_its_purpose()
    {
        var stored = new MasterKeyRing(Old).Hash("api key", "secret");
        var both = new MasterKeyRing(New, Old);

        Assert.True(both.Matches("api key", "secret", stored));
        Assert.False(both.Matches("api key", "Secret", stored));
        Assert.False(both.Matches("client secret", "secret", stored));
        Assert.False(both.Matches("api key", "secret", stored[..31]));
        Assert.False(new MasterKeyRing(New).Matches("api key", "secret", stored));
        Assert.Equal(2, both.Hashes("api key", "secret").Count);
        Assert.Equal(both.Hash("api key", "secret"), both.Hashes("api key", "secret")[0]);
    }

    [Fact]
    public void A_keys_id_follows_from_the_key_and_every_node_finds_it()
    {
        var again = new MasterKey(Enumerable.Repeat((byte)1, MasterKey.Size).ToArray());

        Assert.Equal(Old.Id, again.Id);
        Assert.Same(Old, new MasterKeyRing(New, Old).Find(Old.Id));
        Assert.Null(new MasterKeyRing(New).Find(Old.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => new MasterKey(new byte[length]));

    [Fact]
    public void No_key_and_the_same_key_twice_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new MasterKeyRing());
        Assert.Throws<ArgumentException>(() => new MasterKeyRing(Old, Old));
    }
}
