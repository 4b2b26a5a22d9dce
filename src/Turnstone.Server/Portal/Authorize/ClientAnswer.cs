using Turnstone.Authorization;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The answer to a client (RFC 6749 §4.1.2), always with <c>iss</c> (RFC 9207) and the client's <c>state</c>.
/// </summary>
public sealed record ClientAnswer(ReplyAddress To, IReadOnlyList<(string Name, string Value)> Parameters)
{
    public static ClientAnswer WithCode(ReplyAddress to, AuthorizationCode code, string issuer)
    {
        ArgumentNullException.ThrowIfNull(code);
        return With(to, issuer, ("code", code.Text));
    }

    public static ClientAnswer WithError(ReplyAddress to, string error, string reason, string issuer) =>
        With(to, issuer, ("error", error), ("error_description", reason));

    /// <summary>The redirect URI with the answer in its query; the URI's own query is kept (§3.1.2).</summary>
    public string Address
    {
        get
        {
            var joint =
                !To.RedirectUri.Contains('?', StringComparison.Ordinal) ? "?"
                : To.RedirectUri[^1] is '?' or '&' ? ""
                : "&";
            var query = string.Join('&', Parameters.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
            return $"{To.RedirectUri}{joint}{query}";
        }
    }

    /// <summary>Never shows a code.</summary>
    public override string ToString() => $"an answer to {To.RedirectUri}";

    private static ClientAnswer With(ReplyAddress to, string issuer, params (string Name, string Value)[] answer)
    {
        ArgumentNullException.ThrowIfNull(to);
        return new(
            to,
            to.State is { } state ? [.. answer, ("state", state), ("iss", issuer)] : [.. answer, ("iss", issuer)]
        );
    }
}
