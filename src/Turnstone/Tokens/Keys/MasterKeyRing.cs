using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// The master keys in force: the first one makes, every one proves. A key is changed by putting the new one first and
/// leaving the old one behind it until nothing made under it is left.
/// </summary>
public sealed class MasterKeyRing
{
    private readonly MasterKey[] keys;

    /// <exception cref="ArgumentException">No key, or two keys that share an id.</exception>
    public MasterKeyRing(params IReadOnlyList<MasterKey> keys)
    {
        if (keys.Count == 0)
        {
            throw new ArgumentException("At least one master key is needed.", nameof(keys));
        }

        if (keys.DistinctBy(key => key.Id).Count() != keys.Count)
        {
            throw new ArgumentException(
                "Two of the master keys have the same id (1 pair in 256 does): make another new key.",
                nameof(keys)
            );
        }

        this.keys = [.. keys];
    }

    public MasterKey Current => keys[0];

    public MasterKey? Find(byte id)
    {
        foreach (var key in keys)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The hash to store for a new secret.</summary>
    public byte[] Hash(string purpose, string secret) => Current.HashCredential(purpose, secret);

    /// <summary>The current key's hash as what a memory keeps in place of a secret.</summary>
    internal Digest Digest(string purpose, string secret)
    {
        Span<byte> hash = stackalloc byte[Turnstone.Model.Digest.Size];
        Current.HashCredential(purpose, secret, hash);
        return Turnstone.Model.Digest.Of(hash);
    }

    /// <summary>Every hash under which this secret may be stored, the current key's first.</summary>
    public IReadOnlyList<byte[]> Hashes(string purpose, string secret) =>
        Array.ConvertAll(keys, key => key.HashCredential(purpose, secret));

    /// <summary>Whether the secret has this stored hash, under any key in force, in constant time.</summary>
    public bool Matches(string purpose, string secret, params ReadOnlySpan<byte[]> stored)
    {
        var found = false;
        Span<byte> hash = stackalloc byte[KeyedHash.Size];
        foreach (var key in keys)
        {
            key.HashCredential(purpose, secret, hash);
            foreach (var one in stored)
            {
                found |= CryptographicOperations.FixedTimeEquals(hash, one);
            }
        }

        return found;
    }

    /// <summary>
    /// Encrypts and authenticates; the purpose is bound in, so a box cannot stand in for another kind.
    /// </summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> plain, RandomSource random) =>
        Current.Seal(purpose, plain, random);

    /// <exception cref="CryptographicException">The box is damaged or was sealed for another purpose or under a key
    /// that is not in force.</exception>
    public byte[] Open(string purpose, ReadOnlySpan<byte> box)
    {
        if (box.IsEmpty || Find(box[0]) is not { } key)
        {
            throw new CryptographicException("The sealed value was not made under a master key that is in force here.");
        }

        return key.Open(purpose, box);
    }
}
