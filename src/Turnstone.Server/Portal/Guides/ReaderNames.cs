using Turnstone.Directory;
using Turnstone.Grants;
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

/// <summary>The newest active key of each kind that may do what the samples show.</summary>
public sealed class ReaderNaming(
    ISubscriptionStore subscriptions,
    IApiKeyStore apiKeys,
    IClientStore clients,
    TurnstoneSettings settings,
    TimeProvider time
)
{
    /// <summary>What the call of the samples needs.</summary>
    private const string SampleScope = "individuals.read";

    public async Task<ReaderNames> OfAsync(Account? reader, CancellationToken cancellationToken)
    {
        var nobody = new ReaderNames(settings.Issuer) { Audience = settings.Audience };
        if (reader is null)
        {
            return nobody;
        }

        var now = time.GetUtcNow();
        var apiKey = (await apiKeys.ListAsync(reader.Id, cancellationToken))
            .Where(one => one.Works(now) && one.Scopes.Contains(SampleScope))
            .MaxBy(one => one.CreatedAt);
        var client = (await clients.ListAsync(reader.Id, cancellationToken))
            .Where(one => one is { DisabledAt: null, Public: false } && IsForPrograms(one))
            .MaxBy(one => one.CreatedAt);
        return nobody with
        {
            Email = reader.Email,
            Product = await ProductAsync(reader, cancellationToken),
            ApiKey = apiKey is null ? null : ReaderNames.Called(apiKey),
            ClientId = client?.Id,
        };
    }

    private async Task<string?> ProductAsync(Account reader, CancellationToken cancellationToken)
    {
        var active = (await subscriptions.ListAsync(reader.Id, cancellationToken)).Where(one => one.IsActive);
        foreach (var subscription in active.OrderByDescending(one => one.CreatedAt))
        {
            var product = await subscriptions.FindProductAsync(subscription.ProductId, cancellationToken);
            if (product?.Scopes.Contains(SampleScope) is true)
            {
                return product.Name;
            }
        }

        return null;
    }

    private static bool IsForPrograms(Client client) =>
        client.MayUse(ClientCredentialsGrant.TypeName) && client.Scopes.Contains(SampleScope);
}
