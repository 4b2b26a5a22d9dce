using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.Trust;

/// <summary>
/// A company's identity provider, which may say for whom of its people a client acts (Identity Assertion JWT
/// Authorization Grant). Only an administrator registers one: it speaks for accounts that are not its own.
/// </summary>
public sealed record IdentityProvider
{
    public const int MostDomains = 20;
    public const int MostClients = 50;

    private const int LongestDomain = 253;
    private const int IdSize = 8;

    /// <summary>The claim <c>iss</c>, character for character.</summary>
    public required string Issuer { get; init; }

    /// <summary>The domains of its people's email addresses, in small letters. It speaks for nobody else.</summary>
    public required ImmutableArray<string> Domains { get; init; }

    /// <summary>The clients that it may let act for them.</summary>
    public required ImmutableArray<string> Clients { get; init; }

    /// <summary>Its keys; null where they are found by its discovery document.</summary>
    public VerificationKeys? Keys { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the saves: one that was made on an older one is refused. Zero for one that is new.</summary>
    public long Revision { get; init; }

    /// <summary>When it last let a client act for somebody, and for which subject of its own.</summary>
    public (DateTimeOffset At, string By)? Used { get; init; }

    /// <summary>When an assertion of its was last refused, and what it lacked.</summary>
    public (DateTimeOffset At, string Lacked)? Refused { get; init; }

    /// <summary>Its name in an address, where an issuer cannot stand as it is.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Issuer)).AsSpan(0, IdSize));

    /// <summary>Whether a text can be a domain of email addresses.</summary>
    public static bool IsDomain(string? domain) =>
        domain is { Length: > 0 and <= LongestDomain }
        && domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
        && domain.Contains('.', StringComparison.Ordinal)
        && !domain.StartsWith('.')
        && !domain.EndsWith('.');

    /// <summary>Whether an address is one of its people's.</summary>
    public bool SpeaksFor(string email)
    {
        ArgumentNullException.ThrowIfNull(email);
        return Domains.Contains(email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant());
    }

    /// <summary>Whether it says the same as another.</summary>
    public bool Says(IdentityProvider other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Issuer == other.Issuer
            && Domains.ToHashSet().SetEquals(other.Domains)
            && Clients.ToHashSet().SetEquals(other.Clients)
            && Equals(Keys, other.Keys);
    }

    public override string ToString() => Issuer;
}
