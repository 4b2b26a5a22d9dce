using System.Collections.Frozen;

namespace Turnstone.Model;

/// <summary>What a store writes of a <see cref="StoredName{TEnum}"/>.</summary>
public interface IStoredName
{
    string Text { get; }
}

/// <summary>
/// The name of a value as it stands in the store. A newer server may have written a name that this one does not know:
/// its text is kept and shown.
/// </summary>
/// <param name="Text">As it is stored.</param>
public readonly record struct StoredName<TEnum>(string Text) : IStoredName
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<string, TEnum> ByName = Enum.GetNames<TEnum>()
        .Zip(Enum.GetValues<TEnum>())
        .ToFrozenDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Null for a value that only a newer version knows.</summary>
    public TEnum? Known { get; } = ByName.TryGetValue(Text, out var known) ? known : null;

    public static implicit operator StoredName<TEnum>(TEnum value) => new(value.ToString());

    public override string ToString() => Text;
}
