using Turnstone.Limits;

namespace Turnstone.Tests.Limits;

public sealed class SipHashTests
{
    // The key 00 01 … 0f and the texts 00 01 … of its authors' reference.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(2, 0x0d6c8009d9a94f5a)]
    [InlineData(3, 0x85676696d7fb7e2d)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void It_answers_what_its_authors_published(int length, ulong expected) =>
        Assert.Equal(expected, new SipHash(Counting(16)).Of(Counting(length)));

    private static byte[] Counting(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];
}
