using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The cookie that says that this portal session proved itself less than 20 minutes ago: by its sign-in, or by the
/// password since. It is bound to the session, the account's security stamp, the network and the user agent, and it is
/// not the session's own cookie: ADR 0032 says why.
/// </summary>
public sealed class RecentProof(
    IHttpContextAccessor accessor,
    IDataProtectionProvider protection,
    ServerSettings settings,
    CurrentCaller caller,
    TimeProvider time
)
{
    /// <summary>Counted from the proof: what happens in between does not make it longer.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(20);

    private const int Size = sizeof(long) + SHA256.HashSizeInBytes;

    private static readonly object Renewed = new();

    private readonly IDataProtector seal = protection.CreateProtector("recent proof");
    private readonly CookieBuilder cookie = Builder(settings.Production);

    /// <summary>Until when this request's session is not asked for the password; null if it is asked now.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            if (accessor.HttpContext is not { } context)
            {
                return null;
            }

            if (context.Items[Renewed] is DateTimeOffset renewed)
            {
                return renewed + Life;
            }

            if (
                PortalSession.AccountOf(context) is not { } account
                || PortalSession.IdOf(context) is not { } session
                || context.Request.Cookies[cookie.Name!] is not { } text
                || !Base64UrlText.TryDecode(text, out var box)
                || seal.Open(box) is not { Length: Size } plain
                || !CryptographicOperations.FixedTimeEquals(plain.AsSpan(sizeof(long)), Holder(account, session))
            )
            {
                return null;
            }

            var until = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(plain), TimeSpan.Zero) + Life;
            return until > time.GetUtcNow() ? until : null;
        }
    }

    /// <summary>The account's password was right; its session is this request's, or nothing changes.</summary>
    public void Renew(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (
            accessor.HttpContext is { } context
            && PortalSession.AccountOf(context)?.Id == account.Id
            && PortalSession.IdOf(context) is { } session
        )
        {
            Write(account, session);
            context.Items[Renewed] = time.GetUtcNow();
        }
    }

    /// <summary>A new session has just been opened by everything that its account asks for.</summary>
    public void Write(Account account, string session)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (accessor.HttpContext is not { } context)
        {
            return;
        }

        var now = time.GetUtcNow();
        var plain = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(plain, now.UtcTicks);
        Holder(account, session).CopyTo(plain.AsSpan(sizeof(long)));
        context.Response.Cookies.Append(
            cookie.Name!,
            Base64UrlText.Encode(seal.Protect(plain)),
            cookie.Build(context, now)
        );
    }

    public void Clear()
    {
        if (accessor.HttpContext is { } context)
        {
            context.Response.Cookies.Delete(cookie.Name!, cookie.Build(context));
        }
    }

    private byte[] Holder(Account account, string session)
    {
        var asking = caller.Current;
        return SHA256.HashData(
            Encoding.UTF8.GetBytes(
                string.Join(
                    '\n',
                    session,
                    account.Id.ToString("N", CultureInfo.InvariantCulture),
                    account.SecurityStamp,
                    NetworkPrefix.Of(asking.Network),
                    asking.UserAgent
                )
            )
        );
    }

    private static CookieBuilder Builder(bool production)
    {
        var builder = new CookieBuilder { MaxAge = Life };
        PortalCookies.Name(builder, "proof", production);

        // No page of another site leads to anything that it allows.
        builder.SameSite = SameSiteMode.Strict;
        return builder;
    }
}
