using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// What may be a password at all: 1 to 1024 bytes of UTF-8, taken exactly as sent. No Unicode normalisation: a password
/// that was hashed elsewhere, or is sent by a program, has to stay the same bytes whatever library stands between.
/// </summary>
public static class PasswordText
{
    public const int LongestUtf8 = 1024;

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public static bool IsAcceptable([NotNullWhen(true)] string? password) => TryEncode(password, out _);

    /// <summary>
    /// False for nothing, for too much, and for lone surrogates, which would otherwise all become the same character.
    /// </summary>
    internal static bool TryEncode([NotNullWhen(true)] string? password, out byte[] utf8)
    {
        utf8 = [];
        if (password is null or "" || password.Length > LongestUtf8)
        {
            return false;
        }

        try
        {
            utf8 = Strict.GetBytes(password);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }

        return utf8.Length <= LongestUtf8;
    }
}
