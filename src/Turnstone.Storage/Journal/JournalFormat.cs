using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Journal;

/// <summary>
/// The bytes of a record: two that begin every record, two of length, four of checksum, then the kind and its fields.
/// What a killed process has left half written fails its checksum, and reading goes on at the next record.
/// </summary>
internal static class JournalFormat
{
    private const ushort Begin = 0xE54A;
    private const int HeadLength = 8;
    private const int ChecksumLength = 4;

    private const byte EndedKind = 1;
    private const byte MarkKind = 2;
    private const byte PointKind = 3;
    private const byte PointOfHistoryKind = 4;

    /// <summary>The length of an ended session's record, where it is nobody's own token.</summary>
    public const int EndedLength = HeadLength + 1 + SessionId.Size + (4 * sizeof(long));

    public static void Write(ArrayBufferWriter<byte> to, JournalEntry entry)
    {
        var fields = new ArrayBufferWriter<byte>(64);
        switch (entry)
        {
            case EndedEntry { Ended: var ended }:
                WriteByte(fields, EndedKind);
                fields.Write(ended.Id.ToBytes());
                WriteTime(fields, ended.RevokedAt);
                WriteTime(fields, ended.AccessDeadAt);
                WriteNumber(fields, ended.RefreshDeadAt is { } dead ? Value.OfTime(dead) : 0);
                WriteNumber(fields, ended.OpenedAfter);
                WriteText(fields, ended.OwnTokenOf ?? "");
                break;
            case MarkEntry { Mark: var mark }:
                WriteByte(fields, MarkKind);
                WriteNumber(fields, mark.Number);
                WriteTime(fields, mark.At);
                fields.Write((mark.Except ?? default).ToBytes());
                WriteText(fields, $"{mark.Reason.Text}\n{mark.Holder}");
                break;
            case PointEntry point:
                WritePoint(fields, point);
                break;
            default:
                throw new NotSupportedException($"{entry.GetType().Name} is no record.");
        }

        var head = to.GetSpan(HeadLength);
        BinaryPrimitives.WriteUInt16BigEndian(head, Begin);
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], checked((ushort)fields.WrittenCount));
        Checksum(fields.WrittenSpan, head[4..HeadLength]);
        to.Advance(HeadLength);
        to.Write(fields.WrittenSpan);
    }

    /// <summary>The records of a file, and how many bytes of it were none.</summary>
    public static (List<JournalEntry> Entries, int Damaged) Read(ReadOnlySpan<byte> bytes)
    {
        var entries = new List<JournalEntry>();
        var (at, damaged) = (0, 0);
        while (at < bytes.Length)
        {
            if (!TryFrame(bytes[at..], out var fields))
            {
                at++;
                damaged++;
                continue;
            }

            // A kind or a holder that only a newer version knows is left to it.
            if (Entry(fields) is { } entry)
            {
                entries.Add(entry);
            }

            at += HeadLength + fields.Length;
        }

        return (entries, damaged);
    }

    private static void WritePoint(ArrayBufferWriter<byte> fields, PointEntry point)
    {
        var known = point.Change.History != 0;
        WriteByte(fields, known ? PointOfHistoryKind : PointKind);
        if (known)
        {
            WriteNumber(fields, point.Change.History);
        }

        WriteTime(fields, point.At);
        WriteNumber(fields, point.Change.Next);
        WriteNumber(fields, point.Mark);
        foreach (var number in point.Change.UnderWay)
        {
            WriteNumber(fields, number);
        }
    }

    private static bool TryFrame(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> fields)
    {
        fields = default;
        if (bytes.Length <= HeadLength || BinaryPrimitives.ReadUInt16BigEndian(bytes) != Begin)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length == 0 || bytes.Length < HeadLength + length)
        {
            return false;
        }

        fields = bytes.Slice(HeadLength, length);
        Span<byte> checksum = stackalloc byte[ChecksumLength];
        Checksum(fields, checksum);
        return bytes[4..HeadLength].SequenceEqual(checksum);
    }

    private static JournalEntry? Entry(ReadOnlySpan<byte> fields)
    {
        var rest = fields[1..];
        return fields[0] switch
        {
            EndedKind => Ended(rest),
            MarkKind => Mark(rest),
            PointKind => Point(rest, history: 0),
            PointOfHistoryKind => Point(rest[sizeof(long)..], BinaryPrimitives.ReadInt64BigEndian(rest)),
            _ => null,
        };
    }

    private static EndedEntry Ended(ReadOnlySpan<byte> fields)
    {
        var id = SessionId.Read(Take(ref fields, SessionId.Size));
        var (at, accessDeadAt) = (TakeTime(ref fields), TakeTime(ref fields));
        var (refreshDeadAt, openedAfter) = (TakeNumber(ref fields), TakeNumber(ref fields));
        return new(
            new RevokedSession(id, at, accessDeadAt)
            {
                RefreshDeadAt = refreshDeadAt == 0 ? null : Value.Time(refreshDeadAt),
                OpenedAfter = openedAfter,
                OwnTokenOf = fields.Length == 0 ? null : Encoding.UTF8.GetString(fields),
            }
        );
    }

    private static MarkEntry? Mark(ReadOnlySpan<byte> fields)
    {
        var (number, at) = (TakeNumber(ref fields), TakeTime(ref fields));
        var except = SessionId.Read(Take(ref fields, SessionId.Size));
        var texts = Encoding.UTF8.GetString(fields).Split('\n', 2);
        return SessionHolder.Parse(texts[1]) is { } holder
            ? new(
                new HolderMark(
                    number,
                    holder,
                    at,
                    new StoredName<RevocationReason>(texts[0]),
                    except == default ? null : except
                )
            )
            : null;
    }

    private static PointEntry Point(ReadOnlySpan<byte> fields, long history)
    {
        var (at, next, mark) = (TakeTime(ref fields), TakeNumber(ref fields), TakeNumber(ref fields));
        var underWay = new List<long>();
        while (fields.Length >= sizeof(long))
        {
            underWay.Add(TakeNumber(ref fields));
        }

        return new(at, new ChangePoint(next, underWay, history), mark);
    }

    private static void Checksum(ReadOnlySpan<byte> fields, Span<byte> to)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(fields, hash);
        hash[..ChecksumLength].CopyTo(to);
    }

    private static void WriteByte(ArrayBufferWriter<byte> to, byte value) => to.Write([value]);

    private static void WriteTime(ArrayBufferWriter<byte> to, DateTimeOffset time) =>
        WriteNumber(to, Value.OfTime(time));

    private static void WriteNumber(ArrayBufferWriter<byte> to, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(sizeof(long)), number);
        to.Advance(sizeof(long));
    }

    private static void WriteText(ArrayBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int length)
    {
        var taken = from[..length];
        from = from[length..];
        return taken;
    }

    private static long TakeNumber(ref ReadOnlySpan<byte> from) =>
        BinaryPrimitives.ReadInt64BigEndian(Take(ref from, sizeof(long)));

    private static DateTimeOffset TakeTime(ref ReadOnlySpan<byte> from) => Value.Time(TakeNumber(ref from));
}
