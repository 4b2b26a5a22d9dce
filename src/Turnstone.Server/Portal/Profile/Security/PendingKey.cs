using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>
/// The key of an app that is being set up, sealed into the form that asks for its first code. The account changes only
/// after that code was right, and the key is shown only after the password was right.
/// </summary>
public sealed class PendingKey(IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private readonly IDataProtector protector = protection.CreateProtector("authenticator key in a form");

    public string Seal(Account account, string key)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Base64UrlText.Encode(
            protector.Protect(
                JsonSerializer.SerializeToUtf8Bytes(
                    new Pending(account.Id, account.SecurityStamp, key, time.GetUtcNow())
                )
            )
        );
    }

    public string? Open(Account account, string? text)
    {
        ArgumentNullException.ThrowIfNull(account);
        try
        {
            return
                text is not null
                && Base64UrlText.TryDecode(text, out var box)
                && JsonSerializer.Deserialize<Pending>(protector.Unprotect(box)) is { } pending
                && pending.Account == account.Id
                && pending.Stamp == account.SecurityStamp
                && time.GetUtcNow() - pending.At < Life
                ? pending.Key
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Pending(Guid Account, string Stamp, string Key, DateTimeOffset At);
}
