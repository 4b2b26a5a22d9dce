using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Model;

/// <summary>A set of scopes (RFC 6749 §3.3) in the order they were asked for, each once.</summary>
public sealed record Scopes
{
    /// <summary>The longest text that is read from a request.</summary>
    public const int LongestText = 1000;

    private readonly string[] names;

    private Scopes(string[] names) => this.names = names;

    public static Scopes None { get; } = new([]);

    public IReadOnlyList<string> Names => names;

    public bool IsEmpty => names.Length == 0;

    public bool Contains(string name) => Array.IndexOf(names, name) >= 0;

    /// <summary>Whether every scope of this set is in the other.</summary>
    public bool Within(Scopes other) => Array.TrueForAll(names, other.Contains);

    /// <summary>Those of this set that are in the other too, in this one's order.</summary>
    public Scopes And(Scopes other) => Within(other) ? this : new([.. names.Where(other.Contains)]);

    /// <summary>Those of this set that are not in the other, in this one's order.</summary>
    public Scopes Without(Scopes other) => new([.. names.Where(name => !other.Contains(name))]);

    /// <summary>
    /// Reads scopes of a request, separated by spaces (and, where the contract says so, by commas); false when the text
    /// is too long or a character is not allowed.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Scopes? scopes, bool commas = false)
    {
        scopes = null;
        return !(text?.Length > LongestText) && TryRead(text, out scopes, commas);
    }

    /// <summary>As <see cref="TryParse"/>, for a text that is bounded by something else, such as a token.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out Scopes? scopes, bool commas = false)
    {
        var names = (text ?? "").Split(commas ? [' ', ','] : [' '], StringSplitOptions.RemoveEmptyEntries);
        scopes =
            names.Length == 0 ? None
            : Array.TrueForAll(names, name => name.All(IsScopeCharacter))
                ? new Scopes([.. names.Distinct(StringComparer.Ordinal)])
            : null;
        return scopes is not null;
    }

    /// <summary>
    /// The set of these names; they come from our own store or configuration, so there may be any number.
    /// </summary>
    /// <exception cref="FormatException">A name has a character that is not allowed.</exception>
    public static Scopes Of(IEnumerable<string> names) =>
        TryRead(string.Join(' ', names), out var scopes)
            ? scopes
            : throw new FormatException("A scope may hold printable ASCII but no space, quote or backslash.");

    public bool Equals(Scopes? other) => other is not null && names.AsSpan().SequenceEqual(other.names);

    public override int GetHashCode() => string.GetHashCode(ToString(), StringComparison.Ordinal);

    public override string ToString() => string.Join(' ', names);

    private static bool IsScopeCharacter(char c) =>
        c is '\x21' or (>= '\x23' and <= '\x5B') or (>= '\x5D' and <= '\x7E');
}
