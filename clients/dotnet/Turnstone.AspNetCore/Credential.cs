using Microsoft.Extensions.Primitives;

namespace Turnstone.AspNetCore;

/// <summary>The header <c>Authorization</c> as this guard takes it.</summary>
internal static class Credential
{
    public const string Bearer = "Bearer ";
    public const string Bound = "DPoP ";

    /// <summary>The token behind a scheme; empty where there is none, or more than one header.</summary>
    public static ReadOnlySpan<char> After(StringValues header, string scheme)
    {
        var text = header.Count == 1 ? header[0].AsSpan() : default;
        return text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? text[scheme.Length..].Trim(' ') : default;
    }
}
