using System.Data.Common;
using Turnstone.Sessions;

namespace Turnstone.Storage.Engines;

/// <summary>The three shapes in which everything is stored: a number, a text, bytes. Written by <see cref="Of"/>, read by the extensions.</summary>
internal static class Value
{
    public static object Of(object? value) => value switch
    {
        null => DBNull.Value,
        string or long or byte[] => value,
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        uint number => (long)number,
        DateTimeOffset time => OfTime(time),
        TimeSpan span => span.Ticks / TimeSpan.TicksPerMicrosecond,
        Guid id => id.ToByteArray(bigEndian: true),
        SessionId id => id.ToBytes(),
        DateOnly day => (long)day.DayNumber,
        Enum or Turnstone.Scopes => value.ToString()!,
        _ => throw new NotSupportedException($"Values of type {value.GetType().Name} are not stored."),
    };

    public static long OfTime(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

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

    public static long Number(this DbDataReader row, int column) => row.GetInt64(column);

    public static string Text(this DbDataReader row, int column) => row.GetString(column);

    public static byte[] Bytes(this DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static bool Flag(this DbDataReader row, int column) => row.GetInt64(column) != 0;

    public static Guid Id(this DbDataReader row, int column) => new(row.Bytes(column), bigEndian: true);

    public static DateTimeOffset Time(this DbDataReader row, int column) => Time(row.GetInt64(column));

    public static TWord Word<TWord>(this DbDataReader row, int column)
        where TWord : struct, Enum => Enum.Parse<TWord>(row.GetString(column));

    public static Scopes Scopes(this DbDataReader row, int column) =>
        Turnstone.Scopes.TryParse(row.GetString(column), out var scopes) ? scopes : throw new FormatException("The store holds scopes that are none.");

    public static string? MaybeText(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? MaybeNumber(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Number(column);

    public static byte[]? MaybeBytes(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Bytes(column);

    public static Guid? MaybeId(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Id(column);

    public static DateTimeOffset? MaybeTime(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static TimeSpan? MaybeSpan(this DbDataReader row, int column) => row.IsDBNull(column) ? null : TimeSpan.FromMicroseconds(row.GetInt64(column));

    public static TWord? MaybeWord<TWord>(this DbDataReader row, int column)
        where TWord : struct, Enum => row.IsDBNull(column) ? null : row.Word<TWord>(column);

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
