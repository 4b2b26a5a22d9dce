using System.Collections.Frozen;
using Turnstone.Model;

namespace Turnstone.Storage.Engines;

/// <summary>
/// The row that a reading stands on, in the three shapes in which everything is stored; <see cref="Value"/> writes what
/// this reads.
/// </summary>
internal abstract class Row
{
    private (string Text, Scopes Scopes) lastScopes = ("", Turnstone.Model.Scopes.None);

    public abstract bool IsNull(int column);

    public abstract long Number(int column);

    public abstract string Text(int column);

    public abstract byte[] Bytes(int column);

    public virtual Guid Id(int column) => new(Bytes(column), bigEndian: true);

    public bool Flag(int column) => Number(column) != 0;

    public DateTimeOffset Time(int column) => Value.Time(Number(column));

    public TWord Word<TWord>(int column)
        where TWord : struct, Enum => Words<TWord>.ByName[Text(column)];

    // One row after the other has the same.
    public Scopes Scopes(int column)
    {
        var text = Text(column);
        if (lastScopes.Text != text)
        {
            lastScopes = (text, Turnstone.Model.Scopes.Of([text]));
        }

        return lastScopes.Scopes;
    }

    public string? MaybeText(int column) => IsNull(column) ? null : Text(column);

    public long? MaybeNumber(int column) => IsNull(column) ? null : Number(column);

    public byte[]? MaybeBytes(int column) => IsNull(column) ? null : Bytes(column);

    public Guid? MaybeId(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset? MaybeTime(int column) => IsNull(column) ? null : Time(column);

    public TimeSpan? MaybeSpan(int column) => IsNull(column) ? null : TimeSpan.FromMicroseconds(Number(column));

    public TWord? MaybeWord<TWord>(int column)
        where TWord : struct, Enum => IsNull(column) ? null : Word<TWord>(column);

    private static class Words<TWord>
        where TWord : struct, Enum
    {
        public static readonly FrozenDictionary<string, TWord> ByName = Enum.GetNames<TWord>()
            .Zip(Enum.GetValues<TWord>())
            .ToFrozenDictionary(word => word.First, word => word.Second);
    }
}
