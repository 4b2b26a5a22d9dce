using Turnstone.Model;

namespace Turnstone.Server.Contracts.Common;

/// <summary>What the headers of a request say that every dialect reads alike.</summary>
internal static class RequestFacts
{
    private const int LongestIdempotencyKey = 255;

    public static Caller Caller(HttpContext context) =>
        Turnstone.Model.Caller.Of(
            context.Connection.RemoteIpAddress?.ToString(),
            context.Request.Headers.UserAgent.ToString()
        );

    /// <summary>
    /// The access token of the Authorization header: after its scheme in any case, or bare where the contract takes
    /// that too; empty when there is none.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="bare">Whether a token without a scheme is taken.</param>
    /// <param name="expected">The scheme.</param>
    public static ReadOnlySpan<char> AccessToken(HttpRequest request, bool bare, string expected = "Bearer")
    {
        if (request.Headers.Authorization is not [{ Length: > 0 } header])
        {
            return default;
        }

        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? header : header.AsSpan(0, space);
        return scheme.Equals(expected, StringComparison.OrdinalIgnoreCase) ? header.AsSpan(scheme.Length).Trim(' ')
            : space < 0 && bare ? header
            : default;
    }

    /// <summary>The Idempotency-Key, if any; false when it came twice, is too long or is not printable ASCII.</summary>
    public static bool TryIdempotencyKey(HttpRequest request, out string? key)
    {
        var values = request.Headers["Idempotency-Key"];
        key = values is [{ Length: > 0 } one] ? one : null;
        return values.Count <= 1
            && (
                key is null || (key.Length <= LongestIdempotencyKey && !key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            );
    }
}
