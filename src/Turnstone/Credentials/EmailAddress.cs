using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Credentials;

/// <summary>
/// The one place where an email becomes what it is compared by: trimmed, upper case, invariant. It asks only for what
/// mail needs anywhere; whether the address exists is what the confirmation mail is for.
/// </summary>
public static class EmailAddress
{
    /// <summary>RFC 5321 §4.5.3.1.3, as corrected: a path of 256 without its brackets.</summary>
    public const int Longest = 254;

    private const int LongestLocalPart = 64;

    public static bool TryNormalize([NotNullWhen(true)] string? email, [NotNullWhen(true)] out string? normalized)
    {
        normalized = null;
        var text = email.AsSpan().Trim();
        var at = text.IndexOf('@');
        if (
            text.Length > Longest
            || at is < 1 or > LongestLocalPart
            || at == text.Length - 1
            || text[(at + 1)..].Contains('@')
        )
        {
            return false;
        }

        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c))
            {
                return false;
            }
        }

        normalized = text.ToString().ToUpperInvariant();
        return true;
    }
}
