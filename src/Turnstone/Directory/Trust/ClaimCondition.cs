namespace Turnstone.Directory.Trust;

/// <summary>
/// What a claim of a foreign assertion has to be: this text, or one like it where <c>*</c> stands in one place for one
/// character or more, but never for <c>/</c> or <c>:</c>, which separate the names of different owners.
/// </summary>
public sealed record ClaimCondition(string Name, string Value)
{
    public const int LongestName = 128;
    public const int LongestValue = 512;
    public const char Any = '*';

    public bool IsExact => !Value.Contains(Any, StringComparison.Ordinal);

    /// <summary>What stands before the <c>*</c>; all of it where there is none.</summary>
    public string Beginning => Value.Split(Any, 2)[0];

    public bool Matches(string? text)
    {
        if (text is null || IsExact)
        {
            return text == Value;
        }

        var end = Value[(Beginning.Length + 1)..];
        return text.Length > Beginning.Length + end.Length
            && text.StartsWith(Beginning, StringComparison.Ordinal)
            && text.EndsWith(end, StringComparison.Ordinal)
            && !text.AsSpan(Beginning.Length, text.Length - Beginning.Length - end.Length).ContainsAny('/', ':');
    }

    /// <summary>What is wrong with it, as a sentence; null for nothing.</summary>
    public string? Flaw =>
        !IsText(Name, LongestName) ? $"The name of a claim must be 1 to {LongestName} printable characters."
        : !IsText(Value, LongestValue) ? $"The claim {Name} must be 1 to {LongestValue} printable characters."
        : Value.Count(c => c == Any) > 1 ? $"The claim {Name} has more than one *. Use one at most."
        : Value[0] == Any ? $"The claim {Name} begins with *, so it could match everybody. Write its beginning out."
        : null;

    public override string ToString() => $"{Name}={Value}";

    private static bool IsText(string text, int longest) =>
        text.Length >= 1 && text.Length <= longest && text.All(c => c is >= ' ' and <= '~');
}
