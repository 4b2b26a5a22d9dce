using Turnstone.Directory;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Guides;

/// <summary>The names of the reader's keys, never the keys. Null if there is none, or nobody is signed in.</summary>
public sealed record ReaderNames(
    string Url,
    string? Email = null,
    string? Product = null,
    string? ApiKey = null,
    string? ClientId = null
)
{
    /// <summary>What APIs have to find in the claim <c>aud</c>.</summary>
    public string? Audience { get; init; }

    /// <summary>The name and the first characters of the key.</summary>
    public static string Called(ApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Hint.Length == 0 ? key.Name : $"{key.Name} ({key.Hint}…)";
    }
}

/// <summary>The newest active key of each kind.</summary>
public sealed class ReaderNaming(
    ISubscriptionStore subscriptions,
    IApiKeyStore apiKeys,
    IClientStore clients,
    TurnstoneSettings settings,
    TimeProvider time
)
{
    public async Task<ReaderNames> OfAsync(Account? reader, CancellationToken cancellationToken)
    {
        var nobody = new ReaderNames(settings.Issuer) { Audience = settings.Audience };
        if (reader is null)
        {
            return nobody;
        }

        var now = time.GetUtcNow();
        var subscription = (await subscriptions.ListAsync(reader.Id, cancellationToken))
            .Where(one => one.IsActive)
            .MaxBy(one => one.CreatedAt);
        var apiKey = (await apiKeys.ListAsync(reader.Id, cancellationToken))
            .Where(one => one.Works(now))
            .MaxBy(one => one.CreatedAt);
        var client = (await clients.ListAsync(reader.Id, cancellationToken))
            .Where(one => one is { DisabledAt: null, Public: false })
            .MaxBy(one => one.CreatedAt);
        return nobody with
        {
            Email = reader.Email,
            Product = subscription is null
                ? null
                : (await subscriptions.FindProductAsync(subscription.ProductId, cancellationToken))?.Name,
            ApiKey = apiKey is null ? null : ReaderNames.Called(apiKey),
            ClientId = client?.Id,
        };
    }
}
