using Turnstone.Authorization;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The parameters of a query, decoded strictly: invalid UTF-8 is refused, because <c>state</c> has to be returned
/// exactly.
/// </summary>
internal static class SentParameters
{
    // The request is escaped once more within the URL of the sign-in page, and a request line has at most 8 KiB.
    private const int LongestEscaped = 6_000;

    public static AuthorizationParameters? Read(string query) =>
        Uri.EscapeDataString(query).Length > LongestEscaped ? null : Parse(query, pushed: false);

    /// <summary>As <see cref="Read"/>, for a query whose length is bounded by something else.</summary>
    public static AuthorizationParameters? Parse(string query, bool pushed)
    {
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

        return new AuthorizationParameters(pairs) { Pushed = pushed };
    }

    /// <summary>The query equivalent to a form.</summary>
    public static string QueryOf(IFormCollection form) =>
        string.Join(
            '&',
            form.SelectMany(
                field => field.Value,
                (field, value) => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(value ?? "")}"
            )
        );
}
