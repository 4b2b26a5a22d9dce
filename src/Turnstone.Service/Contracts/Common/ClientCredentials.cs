using Turnstone.Directory.ClientProofs;

namespace Turnstone.Server.Contracts.Common;

/// <summary>What is wrong with the way a client presented itself.</summary>
public enum ClientCredentialsFault
{
    /// <summary>The Basic header cannot be read.</summary>
    Unreadable,

    /// <summary>More than one way at once (RFC 6749 §2.3), or two different ids.</summary>
    Ambiguous,
}

/// <summary>
/// How a client says who it is (RFC 6749 §2.3.1): by HTTP Basic, whose two halves are form-encoded, or in the body;
/// never both.
/// </summary>
internal static class ClientCredentials
{
    private const string Scheme = "Basic ";

    /// <summary>
    /// Reads them from the header and from what the body held. Another scheme than Basic is none of this endpoint's
    /// business.
    /// </summary>
    public static (PresentedClient Client, ClientCredentialsFault? Fault) Read(
        HttpRequest request,
        string? bodyId,
        string? bodySecret
    )
    {
        var headers = request.Headers.Authorization;
        if (headers.Count > 1)
        {
            return (default, ClientCredentialsFault.Ambiguous);
        }

        if (headers is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return (new(bodyId, bodySecret), null);
        }

        if (!TryDecode(header.AsSpan(Scheme.Length).Trim(' '), out var basic))
        {
            return (default, ClientCredentialsFault.Unreadable);
        }

        return bodySecret is not null || (bodyId is not null && bodyId != basic.Id)
            ? (default, ClientCredentialsFault.Ambiguous)
            : (basic, null);
    }

    private static bool TryDecode(ReadOnlySpan<char> encoded, out PresentedClient client)
    {
        client = default;
        var bytes = encoded.Length <= 1024 ? stackalloc byte[encoded.Length] : new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return false;
        }

        var pair = bytes[..length];
        var colon = pair.IndexOf((byte)':');
        if (
            colon < 1
            || !FormBody.TryDecode(pair[..colon], out var id)
            || !FormBody.TryDecode(pair[(colon + 1)..], out var secret)
        )
        {
            return false;
        }

        client = new(id, secret.Length == 0 ? null : secret) { ByHeader = true };
        return true;
    }
}
