using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The cookie that says that this browser created an account less than 20 minutes ago, and with it chose the password:
/// the confirmation need not ask for it again. Whoever was sent a stranger's confirmation does not have it. Every
/// sign-up sets one, so it does not tell whether the address had an account.
/// </summary>
public sealed class SignUpProof(
    IHttpContextAccessor accessor,
    IDataProtectionProvider protection,
    ServerSettings settings,
    RandomSource random,
    TimeProvider time
)
{
    private const int HolderSize = SHA256.HashSizeInBytes;
    private const int Size = sizeof(long) + HolderSize;

    private readonly IDataProtector seal = protection.CreateProtector("sign-up");
    private readonly CookieBuilder cookie = Builder(settings.Production);

    /// <summary>Whether this browser has just created the account, whose password is still the same.</summary>
    public bool Of(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Read() is { } read && CryptographicOperations.FixedTimeEquals(read.Holder, Holder(account));
    }

    /// <param name="created">The account; null if the sign-up created none.</param>
    public void Write(Account? created)
    {
        if (accessor.HttpContext is not { } context)
        {
            return;
        }

        // A form that was sent twice must not take the proof away that it gave the first time, nor prolong it.
        var (holder, at) = created is not null
            ? (Holder(created), time.GetUtcNow())
            : Read() ?? (random.Bytes(HolderSize), time.GetUtcNow());
        var plain = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(plain, at.UtcTicks);
        holder.CopyTo(plain.AsSpan(sizeof(long)));
        context.Response.Cookies.Append(
            cookie.Name!,
            Base64UrlText.Encode(seal.Protect(plain)),
            cookie.Build(context, time.GetUtcNow())
        );
    }

    private (byte[] Holder, DateTimeOffset At)? Read()
    {
        if (
            accessor.HttpContext?.Request.Cookies[cookie.Name!] is not { } text
            || !Base64UrlText.TryDecode(text, out var box)
            || seal.Open(box) is not { Length: Size } plain
        )
        {
            return null;
        }

        var at = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(plain), TimeSpan.Zero);
        return at + RecentProof.Life > time.GetUtcNow() ? (plain[sizeof(long)..], at) : null;
    }

    private static byte[] Holder(Account account) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Id:N}\n{account.SecurityStamp}"));

    private static CookieBuilder Builder(bool production)
    {
        var builder = new CookieBuilder { MaxAge = RecentProof.Life };
        PortalCookies.Name(builder, "sign-up", production);
        return builder;
    }
}
