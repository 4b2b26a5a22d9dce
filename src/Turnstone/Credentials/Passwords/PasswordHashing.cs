using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>Whether a password was right, and whether its hash should be made anew with today's costs.</summary>
public sealed record PasswordVerdict(bool Matches, bool NeedsRehash)
{
    internal static PasswordVerdict Wrong { get; } = new(false, false);
}

/// <summary>
/// Hashes passwords with Argon2id, and verifies those and what was once hashed with PBKDF2. Slow on purpose: call it
/// through the <see cref="PasswordLane"/>.
/// </summary>
public sealed class PasswordHashing
{
    private readonly RandomSource random;
    private readonly Argon2id argon2;

    /// <param name="random">Where salts come from.</param>
    /// <param name="argon2">What <see cref="Argon2id.Load"/> found.</param>
    public PasswordHashing(RandomSource random, Argon2id argon2)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(argon2);
        (this.random, this.argon2) = (random, argon2);
        Decoy = Hash(Convert.ToHexString(random.Bytes(16)));
    }

    /// <summary>True when libargon2 was not found: worth a warning at start.</summary>
    public bool UsesSecondChoice => argon2.IsSecondChoice;

    /// <summary>
    /// A hash that no password is known for, of today's costs: what stands in for an account that is not there, so that
    /// refusing takes as long.
    /// </summary>
    public string Decoy { get; }

    /// <exception cref="ArgumentException">Not a password: see <see cref="PasswordText"/>.</exception>
    public string Hash(string password)
    {
        if (!PasswordText.TryEncode(password, out var utf8))
        {
            throw new ArgumentException(
                $"A password has 1 to {PasswordText.LongestUtf8} bytes of UTF-8.",
                nameof(password)
            );
        }

        try
        {
            return argon2.Hash(utf8, random);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    public PasswordVerdict Verify(string hash, string password)
    {
        ArgumentNullException.ThrowIfNull(hash);
        if (!PasswordText.TryEncode(password, out var utf8))
        {
            return PasswordVerdict.Wrong;
        }

        try
        {
            return Verify(hash, utf8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    private PasswordVerdict Verify(string hash, byte[] password)
    {
        if (
            PhcString.TryParse(hash, out var stored)
            && (argon2.Verify(stored, password) ?? Pbkdf2Sha512.Verify(stored, password)) is { } matches
        )
        {
            return new(matches, matches && !argon2.IsCurrent(stored));
        }

        // A string nobody here can read is a wrong password, and takes as long as one.
        _ = PhcString.TryParse(Decoy, out var decoy) && argon2.Verify(decoy, password) is true;
        return PasswordVerdict.Wrong;
    }
}
