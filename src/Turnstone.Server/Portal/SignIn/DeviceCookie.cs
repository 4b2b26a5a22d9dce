using System.Buffers.Binary;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Marks a browser in which an account has signed in, so that its owner is let in while others guess at the password.
/// It signs nobody in. It is sealed under the master key; the browser cannot read whose it is.
/// </summary>
public sealed class DeviceCookie(
    IHttpContextAccessor accessor,
    IDataProtectionProvider protection,
    ServerSettings settings,
    RandomSource random,
    TimeProvider time
)
{
    private const int IdSize = 16;
    private const int Size = IdSize + IdSize + sizeof(long);
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    private readonly IDataProtector seal = protection.CreateProtector("known device");
    private readonly CookieBuilder cookie = Builder(settings.Production);

    /// <summary>The device of this request; null if it shows none that is ours and not too old.</summary>
    public KnownDevice? Read()
    {
        if (
            accessor.HttpContext is not { } context
            || context.Request.Cookies[cookie.Name!] is not { } text
            || !Base64UrlText.TryDecode(text, out var box)
            || seal.Open(box) is not { Length: Size } plain
            || DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(plain.AsSpan(IdSize + IdSize)))
                < time.GetUtcNow() - Life
        )
        {
            return null;
        }

        return new(
            new Guid(plain.AsSpan(0, IdSize), bigEndian: true),
            new Guid(plain.AsSpan(IdSize, IdSize), bigEndian: true)
        );
    }

    /// <summary>The account has signed in. A device keeps its id, and with it what it has spent of its limit.</summary>
    public void Write(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (accessor.HttpContext is not { } context)
        {
            return;
        }

        var now = time.GetUtcNow();
        var device = Read() is { } known && known.AccountId == account.Id ? known.DeviceId : random.NewId(now);
        var plain = new byte[Size];
        account.Id.TryWriteBytes(plain, bigEndian: true, out _);
        device.TryWriteBytes(plain.AsSpan(IdSize), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(plain.AsSpan(IdSize + IdSize), now.ToUnixTimeSeconds());
        context.Response.Cookies.Append(
            cookie.Name!,
            Base64UrlText.Encode(seal.Protect(plain)),
            cookie.Build(context, now)
        );
    }

    private static CookieBuilder Builder(bool production)
    {
        var builder = new CookieBuilder { MaxAge = Life };
        PortalCookies.Name(builder, "device", production);
        return builder;
    }
}
