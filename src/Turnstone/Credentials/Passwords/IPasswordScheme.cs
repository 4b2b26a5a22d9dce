using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>One way to hash a password slowly, with strings that describe themselves.</summary>
internal interface IPasswordScheme
{
    string Hash(ReadOnlySpan<byte> password, RandomSource random);

    /// <summary>
    /// Whether the password has this hash; null when the string is not of this scheme, or its costs are out of bounds.
    /// </summary>
    bool? Verify(PhcString stored, ReadOnlySpan<byte> password);

    /// <summary>Whether a new hash would be made just so.</summary>
    bool IsCurrent(PhcString stored);
}
