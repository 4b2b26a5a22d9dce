using System.Runtime.InteropServices;
using System.Text;
using Turnstone.Credentials.Passwords;

namespace Turnstone.Tests.Credentials.Passwords;

public sealed class HashMemoryTests
{
    private const int Size = 19_456 * 1024;

    private readonly HashMemory memory = new();

    [Fact]
    public void The_systems_library_hashes_in_it()
    {
        var before = HashMemory.OfProcess.Count;
        Argon2id.Load().Derive(Encoding.UTF8.GetBytes("correct horse"), new byte[16], new Argon2Cost(64, 1, 1), 32);
        Assert.True(HashMemory.OfProcess.Count > before);
    }

    [Fact]
    public void What_one_hash_has_had_the_next_is_given()
    {
        var first = memory.Take(Size);
        memory.Return(first);
        Assert.Equal(first, memory.Take(Size));
        Assert.NotEqual(first, memory.Take(Size));
    }

    [Fact]
    public void It_is_as_large_as_was_asked_and_can_be_written_to_its_end()
    {
        memory.Return(memory.Take(8 * 1024));
        var larger = memory.Take(Size);
        Assert.Equal(0, larger % 64);
        Marshal.WriteByte(larger, Size - 1, 1);
        memory.Return(larger);
    }

    [Fact]
    public void Given_back_it_is_kept_no_longer()
    {
        memory.Return(memory.Take(Size));
        Assert.Equal(Size, memory.Kept);
        memory.GiveBack();
        Assert.Equal(0, memory.Kept);
    }

    [Fact]
    public void More_than_a_hash_takes_today_is_not_kept()
    {
        memory.Return(memory.Take(100 * 1024 * 1024));
        Assert.Equal(0, memory.Kept);
    }
}
