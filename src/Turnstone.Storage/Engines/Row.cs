using Turnstone.Model;
using Turnstone.Tokens;

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

    /// <summary>A value without which nothing can be decided about the row.</summary>
    /// <exception cref="StoreUnavailableException">Only a newer version knows it.</exception>
    public TWord Word<TWord>(int column)
        where TWord : struct, Enum =>
        Name<TWord>(column) is { Known: { } word }
            ? word
            : throw SchemaState.TooNew($"a value of {typeof(TWord).Name}");

    /// <summary>A value that is shown or recorded, known or not.</summary>
    public StoredName<TWord> Name<TWord>(int column)
        where TWord : struct, Enum => new(Text(column));

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

    /// <summary>None where there is nothing, as in rows from before there were registered APIs.</summary>
    public Resources Resources(int column) => Turnstone.Model.Resources.Read(MaybeText(column));

    /// <summary>None where there is nothing.</summary>
    public AuthorizationDetails Details(int column) =>
        MaybeText(column) is not { } text ? AuthorizationDetails.None
        : AuthorizationDetails.TryRead(text, out var details) ? details
        : throw SchemaState.TooNew("authorization details");

    public string? MaybeText(int column) => IsNull(column) ? null : Text(column);

    public long? MaybeNumber(int column) => IsNull(column) ? null : Number(column);

    public byte[]? MaybeBytes(int column) => IsNull(column) ? null : Bytes(column);

    public Guid? MaybeId(int column) => IsNull(column) ? null : Id(column);

    public DateTimeOffset? MaybeTime(int column) => IsNull(column) ? null : Time(column);

    public TimeSpan? MaybeSpan(int column) => IsNull(column) ? null : TimeSpan.FromMicroseconds(Number(column));

    public TWord? MaybeWord<TWord>(int column)
        where TWord : struct, Enum => IsNull(column) ? null : Word<TWord>(column);

    public StoredName<TWord>? MaybeName<TWord>(int column)
        where TWord : struct, Enum => IsNull(column) ? null : Name<TWord>(column);
}
