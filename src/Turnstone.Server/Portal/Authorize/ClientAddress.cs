using Turnstone.Authorization;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The client's redirect URI with the answer in its query (RFC 6749 §4.1.2), always with <c>iss</c> (RFC 9207) and the
/// client's <c>state</c>.
/// </summary>
internal static class ClientAddress
{
    public static string WithCode(ReplyAddress to, AuthorizationCode code, string issuer) =>
        With(to, issuer, ("code", code.Text));

    public static string WithError(ReplyAddress to, string error, string reason, string issuer) =>
        With(to, issuer, ("error", error), ("error_description", reason));

    private static string With(ReplyAddress to, string issuer, params (string Name, string Value)[] answer)
    {
        IEnumerable<(string Name, string Value)> all = to.State is { } state
            ? [.. answer, ("state", state), ("iss", issuer)]
            : [.. answer, ("iss", issuer)];

        // The redirect URI's own query is kept (§3.1.2).
        var joint =
            !to.RedirectUri.Contains('?', StringComparison.Ordinal) ? "?"
            : to.RedirectUri[^1] is '?' or '&' ? ""
            : "&";
        var query = string.Join('&', all.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return $"{to.RedirectUri}{joint}{query}";
    }
}
