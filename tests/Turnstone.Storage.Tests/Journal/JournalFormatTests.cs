using System.Buffers;
using Turnstone.Model;
using Turnstone.Storage.Journal;

namespace Turnstone.Storage.Tests.Journal;

public sealed class JournalFormatTests
{
    private static readonly DateTimeOffset Noon = new(2031, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Account = Guid.Parse("0196b2a4-5e3c-7000-8000-0123456789ab");

    private static readonly JournalEntry[] Entries =
    [
        new EndedEntry(Ended()),
        new EndedEntry(Ended() with { OwnTokenOf = "shöp", RefreshDeadAt = Noon.AddDays(30), OpenedAfter = 7 }),
        new MarkEntry(new(9, SessionHolder.Consent(Account, "a:b\nc"), Noon, RevocationReason.ByOwner)),
        new MarkEntry(new(10, SessionHolder.Everyone, Noon, new("OfTomorrow"), Ended().Id)),
        new PointEntry(Noon, new(12, [3, 5]), 10),
        new PointEntry(Noon, new(12, [3, 5], History: 2), 10),
    ];

    [Fact]
    public void What_was_written_is_read()
    {
        var (read, damaged) = JournalFormat.Read(Written(Entries));

        Assert.Equal(0, damaged);
        Assert.Equal(Entries.Length, read.Count);
        Assert.Equal(Entries[..4], read[..4]);
        foreach (var (expected, point) in Entries[4..].Cast<PointEntry>().Zip(read[4..].Cast<PointEntry>()))
        {
            Assert.Equal((expected.At, expected.Mark), (point.At, point.Mark));
            Assert.Equal((expected.Change.Next, expected.Change.History), (point.Change.Next, point.Change.History));
            Assert.Equal(expected.Change.UnderWay, point.Change.UnderWay);
        }
    }

    [Fact]
    public void An_ended_session_takes_57_bytes() =>
        Assert.Equal(JournalFormat.EndedLength, Written([new EndedEntry(Ended())]).Length);

    /// <summary>A killed process has written a part of its last record; the next process begins behind it.</summary>
    [Fact]
    public void A_record_that_ends_anywhere_is_dropped_and_what_stands_before_and_behind_it_is_read()
    {
        var whole = Written([Entries[1]]);
        for (var length = 1; length < whole.Length; length++)
        {
            byte[] torn = [.. Written([Entries[0]]), .. whole[..length], .. Written([Entries[3]])];

            var (read, damaged) = JournalFormat.Read(torn);

            Assert.Equal([Entries[0], Entries[3]], read);
            Assert.Equal(length, damaged);
        }
    }

    [Fact]
    public void A_record_with_a_wrong_byte_is_no_record()
    {
        var whole = Written([Entries[0]]);
        for (var at = 0; at < whole.Length; at++)
        {
            var wrong = whole.ToArray();
            wrong[at] ^= 0x20;

            Assert.Empty(JournalFormat.Read(wrong).Entries);
        }
    }

    private static RevokedSession Ended() => new(new SessionId(Account), Noon, Noon.AddMinutes(15));

    private static byte[] Written(IEnumerable<JournalEntry> entries)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            JournalFormat.Write(bytes, entry);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
