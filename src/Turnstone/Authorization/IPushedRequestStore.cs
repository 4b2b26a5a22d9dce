namespace Turnstone.Authorization;

/// <summary>A pushed request as it is stored.</summary>
/// <param name="Hash">Of its name.</param>
/// <param name="ClientId">The client that may use it.</param>
/// <param name="Query">Its parameters.</param>
/// <param name="ExpiresAt">Its end.</param>
public sealed record PushedRequest(byte[] Hash, string ClientId, string Query, DateTimeOffset ExpiresAt);

public interface IPushedRequestStore
{
    Task AddAsync(PushedRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Removes it and answers its parameters: of many who ask at once, one gets them. Null for one that is not there,
    /// has ended, or is another client's, which stays.
    /// </summary>
    Task<string?> TakeAsync(byte[] hash, string clientId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes at most <paramref name="limit"/> that ended before; answers how many.</summary>
    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
