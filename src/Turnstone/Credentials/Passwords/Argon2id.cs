using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// Hashes and verifies passwords with Argon2id (RFC 9106): by the system's libargon2, and where there is none by the
/// libsodium that the program brings.
/// </summary>
public sealed class Argon2id
{
    private const string Id = "argon2id";
    private const uint Version = 0x13;
    private const int SaltSize = 16;
    private const int HashSize = 32;

    private readonly IArgon2Library library;
    private readonly Argon2Cost cost;

    private Argon2id(IArgon2Library library, Argon2Cost? cost) =>
        (this.library, this.cost) = (library, cost ?? Argon2Cost.Recommended);

    /// <summary>True if libargon2 was not found: hashes take longer, and not all of other programs can be verified.
    /// </summary>
    public bool IsSecondChoice => library is Libsodium;

    /// <summary>By libargon2, or by libsodium where it is not installed.</summary>
    /// <exception cref="DllNotFoundException">Neither loads; the message names the package to install.</exception>
    public static Argon2id Load(Argon2Cost? cost = null) => new(FirstOf(Libargon2.Find, Libsodium.Find), cost);

    /// <summary>As on a machine without libargon2.</summary>
    internal static Argon2id LoadSecondChoice(Argon2Cost? cost = null) => new(FirstOf(Libsodium.Find), cost);

    internal static IArgon2Library FirstOf(params ReadOnlySpan<Func<IArgon2Library?>> libraries)
    {
        foreach (var find in libraries)
        {
            if (find() is { } found)
            {
                return found;
            }
        }

        throw new DllNotFoundException(
            "Passwords cannot be hashed: neither libargon2 nor the program's own libsodium could be loaded. "
                + "Install libargon2 (Debian and Ubuntu: libargon2-1; Fedora and RHEL: libargon2)."
        );
    }

    /// <summary>The bare function: <paramref name="length"/> bytes out of a password, a salt and a cost.</summary>
    /// <exception cref="CryptographicException">The library refused: no memory, or a salt or length it does not
    /// take.</exception>
    public byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Cost cost, int length)
    {
        ArgumentNullException.ThrowIfNull(cost);
        var hash = new byte[length];
        return library.Takes(cost, salt.Length) && library.TryDerive(password, salt, cost, hash)
            ? hash
            : throw new CryptographicException("Argon2id could not hash.");
    }

    internal string Hash(ReadOnlySpan<byte> password, RandomSource random)
    {
        var salt = random.Bytes(SaltSize);
        return new PhcString(Id, Version, cost.ToCosts(), salt, Derive(password, salt, cost, HashSize)).ToString();
    }

    /// <summary>
    /// Whether the password has this hash; null when the string is not Argon2id's, its costs are out of bounds, or the
    /// library cannot compute it.
    /// </summary>
    internal bool? Verify(PhcString stored, ReadOnlySpan<byte> password)
    {
        if (
            !IsOurs(stored)
            || Argon2Cost.From(stored.Costs) is not { InBounds: true } storedCost
            || !library.Takes(storedCost, stored.Salt.Length)
            || stored.Hash.Length < 16
        )
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(
            Derive(password, stored.Salt, storedCost, stored.Hash.Length),
            stored.Hash
        );
    }

    /// <summary>Whether a new hash would be made just so.</summary>
    internal bool IsCurrent(PhcString stored) =>
        IsOurs(stored)
        && Argon2Cost.From(stored.Costs) == cost
        && stored.Salt.Length == SaltSize
        && stored.Hash.Length == HashSize;

    private static bool IsOurs(PhcString stored) => stored is { Id: Id, Version: Version };
}
