using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Turnstone.AspNetCore.Server;

/// <summary>The keys that a request brings, from wherever clients put them.</summary>
/// <param name="ApiKey">An API key, without a login.</param>
/// <param name="SubscriptionKey">A subscription key; empty where there are two that differ.</param>
/// <param name="Network">Where the client is, for the issuer's limits on guesses.</param>
internal sealed record PresentedKeys(string? ApiKey, string? SubscriptionKey, string? Network)
{
    private const string ApiKeyHeader = "X-API-Key";
    private const int LongestKey = 512;

    private static readonly string[] SubscriptionHeaders = ["Subscription-Key", "Ocp-Apim-Subscription-Key"];

    public bool IsEmpty => ApiKey is null && SubscriptionKey is null;

    /// <summary>Whether there is one of each kind at most, of a length that keys have.</summary>
    public bool IsClear => Fits(ApiKey) && Fits(SubscriptionKey);

    /// <summary>What it is remembered by: no key is kept.</summary>
    public string Digest =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{ApiKey}\n{SubscriptionKey}")));

    /// <summary>Whether there is certainly none; asked of almost every request.</summary>
    public static bool AreAbsent(HttpRequest request) =>
        !request.QueryString.HasValue
        && !request.Headers.ContainsKey(ApiKeyHeader)
        && !request.Headers.ContainsKey(SubscriptionHeaders[0])
        && !request.Headers.ContainsKey(SubscriptionHeaders[1]);

    public static PresentedKeys Of(HttpRequest request)
    {
        var apiKeys = request.Headers[ApiKeyHeader];
        string[] keys =
        [
            .. SubscriptionHeaders
                .SelectMany(name => (IEnumerable<string?>)request.Headers[name])
                .Concat(request.Query["subscription-key"])
                .OfType<string>()
                .Where(key => key.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];
        return new(
            apiKeys.Count == 0 ? null : apiKeys is [{ } one] ? one : "",
            keys.Length == 0 ? null : keys is [var key] ? key : "",
            request.HttpContext.Connection.RemoteIpAddress?.ToString()
        );
    }

    public void WriteTo(HttpRequestHeaders headers)
    {
        Add(headers, ApiKeyHeader, ApiKey);
        Add(headers, SubscriptionHeaders[0], SubscriptionKey);
        Add(headers, "X-Forwarded-For", Network);
    }

    /// <summary>Shows no key.</summary>
    public override string ToString() => "keys";

    private static bool Fits(string? key) =>
        key is null
        || (key.Length is > 0 and <= LongestKey && !key.AsSpan().ContainsAnyExceptInRange(' ', '~'));

    private static void Add(HttpRequestHeaders headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
