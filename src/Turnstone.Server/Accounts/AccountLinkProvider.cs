using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Proves that this server sent the link to this account, for this purpose, not long ago, and that password and email
/// have not changed since. Sealed under the master key, so any node can open it. Identity's own provider uses the wall
/// clock.
/// </summary>
internal sealed class AccountLinkProvider(IDataProtectionProvider protection, TimeProvider time)
    : IUserTwoFactorTokenProvider<Account>
{
    /// <summary>Sets the first password of an account.</summary>
    public const string Invitation = "Invitation";

    /// <summary>Vouches for a factor; its id follows.</summary>
    public const string Factor = "Factor:";

    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    /// <summary>
    /// People may read their email the next day. The link is of no use without the password, or opens an account that
    /// has nothing yet.
    /// </summary>
    private static readonly TimeSpan Confirmation = TimeSpan.FromDays(2);

    private readonly IDataProtector protector = protection.CreateProtector("account link");

    public Task<string> GenerateAsync(string purpose, UserManager<Account> manager, Account user)
    {
        var box = protector.Protect(
            JsonSerializer.SerializeToUtf8Bytes(new Sealed(purpose, user.Id, user.SecurityStamp, time.GetUtcNow()))
        );
        return Task.FromResult(Base64UrlText.Encode(box));
    }

    public Task<bool> ValidateAsync(string purpose, string token, UserManager<Account> manager, Account user) =>
        Task.FromResult(
            Open(token) is { } link
                && link.Purpose == purpose
                && link.Account == user.Id
                && link.Stamp == user.SecurityStamp
                && time.GetUtcNow() - link.At < LifeOf(purpose)
        );

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<Account> manager, Account user) =>
        Task.FromResult(false);

    private Sealed? Open(string token)
    {
        try
        {
            return Base64UrlText.TryDecode(token, out var box)
                ? JsonSerializer.Deserialize<Sealed>(protector.Unprotect(box))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static TimeSpan LifeOf(string purpose) =>
        purpose is UserManager<Account>.ConfirmEmailTokenPurpose or Invitation
        || purpose.StartsWith(Factor, StringComparison.Ordinal)
            ? Confirmation
            : Usual;

    private sealed record Sealed(string Purpose, Guid Account, string Stamp, DateTimeOffset At);
}
