using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Server.Portal.Entrance;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The way to the sign-in page and back to the request. The request takes along when it was sent there, sealed together
/// with itself: a client that wants a new sign-in gets exactly one, nobody comes round without it, and nobody is sent
/// round for ever.
/// </summary>
public sealed class SignInTrip(IDataProtectionProvider protection, TimeProvider time)
{
    private const string Mark = "&asked=";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Whether a request has been on the way, as far as it says itself.</summary>
    public static bool HasReturned(HttpRequest request) => At(Whole(request)) >= 0;

    /// <summary>The page to sign in at, and from there back to this request.</summary>
    public string Begin(HttpRequest request, string? hint)
    {
        var (bare, _) = Split(request);
        var sealedTime = Sealer(bare).Protect(time.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture));
        var prefilled = hint is null ? "" : $"&login_hint={Uri.EscapeDataString(hint)}";
        var back = Uri.EscapeDataString($"{bare}{Mark}{sealedTime}");
        return $"{EntrancePaths.SignIn}?Again=true{prefilled}&ReturnUrl={back}";
    }

    /// <summary>
    /// When this very request was sent to sign in; null when it was not, or longer ago than anyone takes.
    /// </summary>
    public DateTimeOffset? AskedAt(HttpRequest request)
    {
        var (bare, sealedTime) = Split(request);
        if (sealedTime is null)
        {
            return null;
        }

        try
        {
            var at = new DateTimeOffset(
                long.Parse(Sealer(bare).Unprotect(sealedTime), CultureInfo.InvariantCulture),
                TimeSpan.Zero
            );
            return time.GetUtcNow() - at <= Longest ? at : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Sealer(string request) => protection.CreateProtector("sign-in trip", request);

    private static (string Bare, string? SealedTime) Split(HttpRequest request)
    {
        var whole = Whole(request);
        var at = At(whole);
        return at < 0 ? (whole, null) : (whole[..at], whole[(at + Mark.Length)..]);
    }

    private static int At(string whole) => whole.LastIndexOf(Mark, StringComparison.Ordinal);

    private static string Whole(HttpRequest request) => $"{request.Path}{request.QueryString}";
}
