namespace Turnstone.Model;

/// <summary>
/// The APIs that something is for, by their resource identifiers (RFC 8707 §2), each once, in the order in which they
/// were asked for. None stands for the API of the settings alone.
/// </summary>
public sealed record Resources
{
    /// <summary>How many one request may name.</summary>
    public const int Most = 10;

    private readonly string[] identifiers;

    private Resources(string[] identifiers) => this.identifiers = identifiers;

    public static Resources None { get; } = new([]);

    public IReadOnlyList<string> Identifiers => identifiers;

    public bool IsEmpty => identifiers.Length == 0;

    public bool Within(Resources other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Array.TrueForAll(identifiers, one => Array.IndexOf(other.identifiers, one) >= 0);
    }

    public static Resources Of(IEnumerable<string> identifiers)
    {
        string[] each = [.. identifiers.Distinct(StringComparer.Ordinal)];
        return each.Length == 0 ? None : new(each);
    }

    /// <summary>What <see cref="ToString"/> has written; null for none. A URI has no spaces.</summary>
    public static Resources Read(string? text) =>
        text is null ? None : Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public bool Equals(Resources? other) => other is not null && identifiers.AsSpan().SequenceEqual(other.identifiers);

    public override int GetHashCode() => string.GetHashCode(ToString(), StringComparison.Ordinal);

    public override string ToString() => string.Join(' ', identifiers);
}
