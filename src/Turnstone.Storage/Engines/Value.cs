using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Storage.Engines;

/// <summary>
/// The three shapes in which everything is stored: a number, a text, bytes. Written by <see cref="Of"/>, read by <see
/// cref="Row"/>.
/// </summary>
internal static class Value
{
    public static object Of(object? value) =>
        value switch
        {
            null => DBNull.Value,
            string or long or byte[] => value,
            bool flag => OfFlag(flag),
            int number => (long)number,
            uint number => (long)number,
            DateTimeOffset time => OfTime(time),
            TimeSpan span => OfSpan(span),
            Guid id => id.ToByteArray(bigEndian: true),
            SessionId id => id.ToBytes(),
            DateOnly day => (long)day.DayNumber,
            IStoredName name => name.Text,
            AuthorizationDetails details => details.IsEmpty ? DBNull.Value : details.ToString(),
            Resources resources => resources.IsEmpty ? DBNull.Value : resources.ToString(),
            Enum or Turnstone.Model.Scopes => value.ToString()!,
            _ => throw new NotSupportedException($"Values of type {value.GetType().Name} are not stored."),
        };

    public static long OfTime(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static long? OfTime(DateTimeOffset? time) => time is { } at ? OfTime(at) : null;

    public static long OfFlag(bool flag) => flag ? 1 : 0;

    public static long OfSpan(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time as the store can hold it, so that what is answered now equals what is read later.</summary>
    public static DateTimeOffset Whole(DateTimeOffset time) => Time(OfTime(time));

    /// <summary>The smallest identifier made at or after a moment: ids begin with their milliseconds.</summary>
    public static byte[] LowestId(DateTimeOffset time)
    {
        var id = new byte[16];
        var milliseconds = Math.Max(0, time.ToUnixTimeMilliseconds());
        for (var i = 0; i < 6; i++)
        {
            id[i] = (byte)(milliseconds >> (40 - (8 * i)));
        }

        return id;
    }

    /// <summary>The moment at which an id was made.</summary>
    public static DateTimeOffset TimeOfId(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = 0L;
        foreach (var one in bytes[..6])
        {
            milliseconds = (milliseconds << 8) | one;
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    public static DateTimeOffset Time(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
