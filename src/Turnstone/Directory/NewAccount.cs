using Turnstone.Credentials;
using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>An account as it begins: whoever makes one, the portal or a provisioning file, begins with this.</summary>
public static class NewAccount
{
    /// <exception cref="ArgumentException">The email is none.</exception>
    public static Account For(string email, RandomSource random, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(random);
        return EmailAddress.TryNormalize(email, out var normalized)
            ? new Account
            {
                Id = random.NewId(now),
                Email = email.Trim(),
                NormalizedEmail = normalized,
                SecurityStamp = NewStamp(random),
                ConcurrencyStamp = NewStamp(random),
                CreatedAt = now,
            }
            : throw new ArgumentException("This is not an email address.", nameof(email));
    }

    /// <summary>A stamp that no other save or state has had.</summary>
    public static string NewStamp(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Base64UrlText.Encode(random.Bytes(20));
    }
}
