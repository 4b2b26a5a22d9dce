using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Hosting;

public sealed class MasterKeyProtectionTests
{
    private static readonly byte[] Key = RandomSource.System.Bytes(MasterKey.Size);

    [Fact]
    public void What_one_node_seals_another_with_the_same_key_opens() =>
        Assert.Equal(
            "cookie",
            Node(Key).CreateProtector("a", "b").Unprotect(Node(Key).CreateProtector("a", "b").Protect("cookie"))
        );

    [Theory]
    [InlineData("a", "c")]
    [InlineData("b", "a")]
    [InlineData("ab", "")]
    [InlineData("a\n1:b", "")]
    public void What_was_sealed_for_one_purpose_does_not_open_for_another(string first, string second)
    {
        var sealedText = Node(Key).CreateProtector("a", "b").Protect("cookie");
        Assert.ThrowsAny<CryptographicException>(() => Node(Key).CreateProtector(first, second).Unprotect(sealedText));
    }

    [Fact]
    public void Another_key_opens_nothing() =>
        Assert.ThrowsAny<CryptographicException>(() =>
            Node(RandomSource.System.Bytes(MasterKey.Size))
                .CreateProtector("a")
                .Unprotect(Node(Key).CreateProtector("a").Protect("cookie"))
        );

    [Fact]
    public async Task A_server_makes_no_second_ring_of_keys_in_the_home_of_its_user()
    {
        var home = ServerProcess.NewFolder();
        await using (var server = await ServerProcess.StartAsync(new Dictionary<string, string> { ["HOME"] = home }))
        {
            Assert.Equal(0, await server.StopAsync());
            Assert.DoesNotContain("DataProtection", server.Output, StringComparison.Ordinal);
        }

        Assert.Empty(System.IO.Directory.EnumerateFiles(home, "key-*.xml", SearchOption.AllDirectories));
        System.IO.Directory.Delete(home, recursive: true);
    }

    private static MasterKeyProtection Node(byte[] key) =>
        new(new MasterKeyRing(new MasterKey(key)), RandomSource.System);
}
