namespace Turnstone.Credentials.Passwords;

/// <summary>A native library that computes Argon2id, version 0x13 (RFC 9106).</summary>
internal interface IArgon2Library
{
    /// <summary>Whether it can compute a hash of such a cost with a salt of such a length.</summary>
    bool Takes(Argon2Cost cost, int saltLength);

    /// <summary>Fills <paramref name="hash"/>.</summary>
    /// <returns>Whether it could: it cannot without memory.</returns>
    bool TryDerive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Cost cost, Span<byte> hash);
}
