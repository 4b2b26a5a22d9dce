using Turnstone.Authorization;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The parameters in a query, decoded strictly: what is not UTF-8 is refused rather than guessed at, because
/// <c>state</c> goes back as it came.
/// </summary>
internal static class SentParameters
{
    // The request travels to the sign-in page and back within another address, escaped once more, and a request's first
    // line has 8 KiB.
    private const int LongestEscaped = 6_000;

    public static AuthorizationParameters? Read(string query)
    {
        if (Uri.EscapeDataString(query).Length > LongestEscaped)
        {
            return null;
        }

        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            if (!FormBody.TryDecode(name, out var decodedName) || !FormBody.TryDecode(value, out var decodedValue))
            {
                return null;
            }

            pairs.Add(KeyValuePair.Create(decodedName, decodedValue));
        }

        return new AuthorizationParameters(pairs);
    }

    /// <summary>The query that says what a form says.</summary>
    public static string QueryOf(IFormCollection form) =>
        string.Join(
            '&',
            form.SelectMany(
                field => field.Value,
                (field, value) => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(value ?? "")}"
            )
        );
}
