using System.Diagnostics;

namespace Turnstone.Client;

/// <summary>An access token. It shows itself only where <see cref="Value"/> is asked for.</summary>
[DebuggerDisplay("AccessToken until {ExpiresAt}")]
public sealed class AccessToken
{
    internal AccessToken(string value, DateTimeOffset expiresAt) => (Value, ExpiresAt) = (value, expiresAt);

    /// <summary>The token, for an <c>Authorization</c> header and nothing else.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Value { get; }

    /// <summary>When it expires, by the server's clock.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <inheritdoc/>
    public override string ToString() => "AccessToken (redacted)";
}
