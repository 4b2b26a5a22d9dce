using System.Diagnostics;

namespace Turnstone.Client;

/// <summary>An access token. It shows itself only where <see cref="Value"/> is asked for.</summary>
[DebuggerDisplay("AccessToken until {ExpiresAt}")]
public sealed class AccessToken
{
    internal const string DpopScheme = "DPoP";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ProofKey? key;

    private readonly ServerClock clock;

    internal AccessToken(string value, DateTimeOffset expiresAt, ProofKey? key, ServerClock clock) =>
        (Value, ExpiresAt, this.key, this.clock) = (value, expiresAt, key, clock);

    /// <summary>The token, for an <c>Authorization</c> header and nothing else.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>When it expires, by the server's clock.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>What stands before it in the header: <c>Bearer</c>, or <c>DPoP</c> if it is bound to a key.</summary>
    public string Scheme => key is null ? "Bearer" : DpopScheme;

    /// <summary>
    /// The header <c>DPoP</c> of one request with this token (RFC 9449); null for a token that is not bound to a key.
    /// </summary>
    /// <param name="method">The request's method.</param>
    /// <param name="address">The request's address.</param>
    /// <param name="nonce">The last <c>DPoP-Nonce</c> of the API, if it gave one.</param>
    public string? Proof(HttpMethod method, Uri address, string? nonce = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(address);
        return key?.Proof(method, address, clock.Now, nonce, Value);
    }

    /// <inheritdoc/>
    public override string ToString() => "AccessToken (redacted)";
}
