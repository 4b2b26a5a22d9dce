using System.Security.Cryptography;
using System.Text;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Authorization;

/// <summary>
/// Authorization requests that clients have sent ahead (RFC 9126): known by a name that cannot be guessed, stored by
/// its hash, taken once on all nodes by the client that pushed it.
/// </summary>
public sealed class PushedRequests(
    IPushedRequestStore store,
    RequestLimits limits,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>What every name begins with (RFC 9126 §2.2).</summary>
    public const string Prefix = "urn:ietf:params:oauth:request_uri:";

    /// <summary>
    /// The most characters of a request, as a query; more would not fit into the address that follows.
    /// </summary>
    public const int Longest = 3_600;

    /// <summary>How long a request waits for its user.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private const int Size = 32;
    private const int NameLength = 43;

    /// <summary>Whether it is a name as clients get one.</summary>
    public static bool IsName(string? requestUri) =>
        requestUri?.Length == Prefix.Length + NameLength && requestUri.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// Counts a request. Anybody can push in the name of a public client, so there each network counts by itself.
    /// </summary>
    public Refusal? Limit(Client client, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(caller);
        return limits.TakePush(client.Public ? $"{client.Id} {NetworkPrefix.Of(caller.Network)}" : client.Id);
    }

    /// <summary>Stores a request; answers its name.</summary>
    public async Task<string> PushAsync(Client client, string query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Length, Longest);
        var name = $"{Prefix}{Base64UrlText.Encode(random.Bytes(Size))}";
        await store.AddAsync(
            new PushedRequest(HashOf(name), client.Id, query, time.GetUtcNow() + Life),
            cancellationToken
        );
        return name;
    }

    /// <summary>The request as a query, this once; null when it is gone, too old, or another client's.</summary>
    public Task<string?> TakeAsync(string name, string clientId, CancellationToken cancellationToken) =>
        store.TakeAsync(HashOf(name), clientId, time.GetUtcNow(), cancellationToken);

    private static byte[] HashOf(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name));
}
