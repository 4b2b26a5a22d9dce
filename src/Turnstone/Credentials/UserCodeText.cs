using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Turnstone.Model;

namespace Turnstone.Credentials;

/// <summary>
/// The code that a person types to let a device in (RFC 8628 §6.1): eight of twenty letters, without vowels, so that it
/// spells no word, and without letters that look like digits. Shown as <c>XXXX-XXXX</c>.
/// </summary>
public static class UserCodeText
{
    public const int Length = 8;

    /// <summary>The longest text in which a code is looked for.</summary>
    public const int Longest = 32;

    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Half = Length / 2;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Letters);

    /// <summary>A new code, as <see cref="TryRead"/> reads it.</summary>
    public static string Mint(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<char> code = stackalloc char[Length];
        Span<byte> one = stackalloc byte[1];
        for (var i = 0; i < code.Length; )
        {
            random.Fill(one);

            // A remainder of all 256 values would prefer some letters.
            if (one[0] < 256 / Letters.Length * Letters.Length)
            {
                code[i++] = Letters[one[0] % Letters.Length];
            }
        }

        return code.ToString();
    }

    /// <summary>As it is shown.</summary>
    public static string Shown(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return $"{code[..Half]}-{code[Half..]}";
    }

    /// <summary>The code that somebody has typed, in any case, with or without dashes and spaces.</summary>
    public static bool TryRead(string? typed, [NotNullWhen(true)] out string? code)
    {
        code = null;
        if (typed is null or { Length: > Longest })
        {
            return false;
        }

        var letters = string.Concat(typed.Where(c => c is not ('-' or ' '))).ToUpperInvariant();
        if (letters.Length != Length || letters.AsSpan().ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        code = letters;
        return true;
    }
}
