using System.Collections.Immutable;
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

    /// <summary>The claim <c>iss</c>, character for character.</summary>
    public required string Issuer { get; init; }

    /// <summary>The domains of its people's email addresses, in small letters. It speaks for nobody else.</summary>
    public required ImmutableArray<string> Domains { get; init; }

    /// <summary>The clients that it may let act for them.</summary>
    public required ImmutableArray<string> Clients { get; init; }

    /// <summary>Its keys; null where they are found by its discovery document.</summary>
    public VerificationKeys? Keys { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

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
