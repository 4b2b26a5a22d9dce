using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>How a client's users are named to it (OpenID Connect Core §8).</summary>
public enum SubjectType
{
    /// <summary>As to every other client.</summary>
    [JsonStringEnumMemberName("public")]
    Public,

    /// <summary>As to no client of another sector.</summary>
    [JsonStringEnumMemberName("pairwise")]
    Pairwise,
}

public interface ISectorStore
{
    /// <summary>The salt of the sector: the one that is stored, or this one, which is stored then.</summary>
    Task<byte[]> SaltAsync(string sector, byte[] proposed, CancellationToken cancellationToken);
}

/// <summary>
/// The claim <c>sub</c> of an account at a client (OpenID Connect Core §8): the account's id, or for a client of
/// pairwise subjects a name that its sector alone knows. It follows from the account and a salt of the sector, so it
/// stays the same whatever becomes of master keys, and two sectors cannot find out whom they have in common.
/// </summary>
public sealed class PairwiseSubjects(ISectorStore sectors, RandomSource random)
{
    private const int SaltSize = 32;

    // A salt never changes, and there are not more sectors than clients.
    private readonly ConcurrentDictionary<string, byte[]> salts = new(StringComparer.Ordinal);

    public async ValueTask<string> OfAsync(Client? client, Guid accountId, CancellationToken cancellationToken)
    {
        if (client?.Sector is not { } sector)
        {
            return accountId.ToString();
        }

        if (!salts.TryGetValue(sector, out var salt))
        {
            salt = await sectors.SaltAsync(sector, random.Bytes(SaltSize), cancellationToken);
            salts[sector] = salt;
        }

        return Base64UrlText.Encode(HMACSHA256.HashData(salt, accountId.ToByteArray(bigEndian: true)));
    }
}
