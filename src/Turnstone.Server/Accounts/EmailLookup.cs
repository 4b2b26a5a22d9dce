using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Identity;
using Turnstone.Credentials;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Identity normalises as the core does. A text that is not an email becomes one that no account has.
/// </summary>
internal sealed class EmailLookup : ILookupNormalizer
{
    [return: NotNullIfNotNull(nameof(email))]
    public string? NormalizeEmail(string? email) =>
        email is null ? null
        : EmailAddress.TryNormalize(email, out var normalized) ? normalized
        : "@";

    [return: NotNullIfNotNull(nameof(name))]
    public string? NormalizeName(string? name) => NormalizeEmail(name);
}
