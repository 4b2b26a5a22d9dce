using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>The private halves: under which master key they are, and who opens them.</summary>
public sealed class SealedSigningKeyTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tending_seals_under_the_current_master_key_what_an_older_one_sealed()
    {
        var (_, store) = await FirstKeys.StartAsync(time);
        var newer = NewMaster();
        var ring = FirstKeys.Ring(store, time, new MasterKeyRing(newer, FirstKeys.Master));

        await ring.TendAsync(Cancel);

        var alone = FirstKeys.Ring(store, time, new MasterKeyRing(newer));
        await alone.LoadAsync(Cancel);
        Assert.Equal(ring.Published.Select(key => key.Kid), alone.Published.Select(key => key.Kid));
    }

    [Fact]
    public async Task Tending_seals_anew_what_an_older_master_key_sealed_in_the_first_format()
    {
        var older = NewMasterBytes();
        var records = await FirstKeys.RecordsAsync();
        var store = new InMemorySigningKeyStore(
            records.Select(record =>
                record with
                {
                    Sealed = FirstFormat(older, $"signing key {record.Kid}", FirstKeys.Open(record)),
                }
            )
        );
        var ring = FirstKeys.Ring(store, time, new MasterKeyRing(FirstKeys.Master, new MasterKey(older)));
        await ring.TendAsync(Cancel);

        var alone = FirstKeys.Ring(store, time);
        await alone.LoadAsync(Cancel);
        Assert.Equal(2, alone.Published.Count);
        Assert.Equal(ring.Published.Select(key => key.Kid), alone.Published.Select(key => key.Kid));
    }

    [Fact]
    public async Task Sealing_anew_does_not_undo_a_retirement_that_came_between()
    {
        var (other, store) = await FirstKeys.StartAsync(time);
        var leaked = store.Records[0].Kid;
        var ring = FirstKeys.Ring(store, time, new MasterKeyRing(NewMaster(), FirstKeys.Master));
        store.BeforeWrite = () => other.RetireAsync(leaked, Caller.Operator, Cancel);

        await ring.TendAsync(Cancel);

        Assert.NotNull(store.Records.Single(key => key.Kid == leaked).RetiredAt);
        Assert.Null(ring.Find(leaked));
    }

    [Fact]
    public async Task A_master_key_that_opens_nothing_makes_no_new_keys_and_says_which_it_could_not_open()
    {
        var (_, store) = await FirstKeys.StartAsync(time);
        var ring = FirstKeys.Ring(store, time, new MasterKeyRing(NewMaster()));

        var fault = await Assert.ThrowsAsync<CryptographicException>(() => ring.TendAsync(Cancel));

        Assert.All(store.Records, key => Assert.Contains(key.Kid, fault.Message, StringComparison.Ordinal));
        Assert.Equal(2, store.Records.Count);
    }

    [Fact]
    public async Task A_key_this_node_cannot_open_keeps_no_retirement_from_it()
    {
        var (first, store) = await FirstKeys.StartAsync(time);
        var second = FirstKeys.Ring(store, time);
        await second.LoadAsync(Cancel);
        var leaked = first.Signing(SigningAlgorithm.ES256).Kid;

        // A node whose master key the second does not have retires the key and makes the successor.
        await FirstKeys
            .Ring(store, time, new MasterKeyRing(NewMaster(), FirstKeys.Master))
            .RetireAsync(leaked, Caller.Operator, Cancel);

        await Assert.ThrowsAsync<CryptographicException>(() => second.LoadAsync(Cancel));
        Assert.Null(second.Find(leaked));
        Assert.NotNull(second.Signing(SigningAlgorithm.RS256));
    }

    [Fact]
    public async Task A_record_put_under_another_keys_name_is_not_opened()
    {
        var (_, store) = await FirstKeys.StartAsync(time);
        var (one, other) = (store.Records[0], store.Records[1]);
        store.Overwrite(one.Kid, key => key with { Sealed = other.Sealed, Algorithm = other.Algorithm });

        await Assert.ThrowsAsync<CryptographicException>(() => FirstKeys.Ring(store, time).LoadAsync(Cancel));
    }

    [Fact]
    public async Task Neither_key_nor_record_shows_its_private_half()
    {
        var (ring, store) = await FirstKeys.StartAsync(time);

        foreach (var record in store.Records)
        {
            var secret = FirstKeys.Open(record);
            var shown =
                $"{ring.Find(record.Kid)} {record} {System.Text.Json.JsonSerializer.Serialize(ring.Find(record.Kid))}";
            Assert.DoesNotContain(Convert.ToBase64String(secret)[40..80], shown, StringComparison.Ordinal);
            Assert.DoesNotContain("pkcs8", shown, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static byte[] FirstFormat(byte[] master, string purpose, byte[] plain)
    {
        const int textAt = 13;
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            master,
            MasterKey.Size,
            info: "turnstone seal 1"u8.ToArray()
        );
        var box = new byte[textAt + plain.Length + 16];
        box[0] = new MasterKey(master).Id;
        RandomSource.System.Fill(box.AsSpan(1..textAt));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(
            box.AsSpan(1..textAt),
            plain,
            box.AsSpan(textAt, plain.Length),
            box.AsSpan(^16..),
            Encoding.UTF8.GetBytes(purpose)
        );
        return box;
    }

    private static MasterKey NewMaster() => new(NewMasterBytes());

    private static byte[] NewMasterBytes()
    {
        var bytes = RandomSource.System.Bytes(MasterKey.Size);
        return new MasterKey(bytes).Id == FirstKeys.Master.Id ? NewMasterBytes() : bytes;
    }
}
