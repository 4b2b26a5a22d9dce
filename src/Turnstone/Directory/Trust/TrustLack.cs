using Turnstone.Tokens;

namespace Turnstone.Directory.Trust;

/// <summary>
/// What an assertion lacked that a rule was asked about, as it is noted for its owner: a word and a text.
/// </summary>
/// <param name="Word">One of ours; pages have a sentence for it.</param>
/// <param name="Text">The claim, and what the assertion said; empty where the word says all.</param>
public sealed record TrustLack(string Word, string Text = "")
{
    public const string Audience = "audience";
    public const string Claim = "claim";
    public const string Expired = "expired";
    public const string TooOld = "old";
    public const string NotYet = "early";
    public const string Repeated = "repeated";

    /// <summary>It is for another client, which the text names.</summary>
    public const string Client = "client";

    /// <summary>The provider speaks for no account of this subject, which the text names.</summary>
    public const string Person = "person";

    /// <summary>The issuer's keys could not be had; the text is why.</summary>
    public const string Keys = "keys";

    private const int LongestText = 200;

    /// <summary>The claim that the text is about and what the assertion said; empty where it said nothing.</summary>
    public (string Name, string Value) Claimed =>
        Text.Split('=', 2) is [var name, var value] ? (name, value) : (Text, "");

    /// <summary>What it lacks by itself; null for nothing.</summary>
    public static TrustLack? Of(ForeignFault? fault, ForeignAssertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        return fault switch
        {
            ForeignFault.WrongAudience => new(Audience, string.Join(' ', assertion.Audiences)),
            ForeignFault.Expired => new(Expired),
            ForeignFault.TooOld => new(TooOld),
            ForeignFault.NotYetValid => new(NotYet),
            _ => null,
        };
    }

    public static TrustLack OfClaim(ClaimCondition condition, IReadOnlyDictionary<string, string> claims)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(claims);
        return new(Claim, $"{condition.Name}={claims.GetValueOrDefault(condition.Name)}");
    }

    /// <summary>Bounded and printable: the text is the issuer's.</summary>
    public static string Shown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var printable = new string([.. text.Take(LongestText).Select(c => c is >= ' ' and <= '~' ? c : '?')]);
        return text.Length > LongestText ? $"{printable}…" : printable;
    }

    public static TrustLack Parse(string noted)
    {
        ArgumentNullException.ThrowIfNull(noted);
        var parts = noted.Split(' ', 2);
        return new(parts[0], parts.ElementAtOrDefault(1) ?? "");
    }

    public override string ToString() => Text.Length == 0 ? Word : $"{Word} {Shown(Text)}";
}
