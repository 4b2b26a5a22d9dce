using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Turnstone.Directory;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The way to the sign-in page and back. The return URL contains the time of the redirect, sealed together with the
/// request: a client that wants a new sign-in gets exactly one, nobody can skip it, and nobody is redirected for ever.
/// </summary>
public sealed class SignInRoundTrip(IDataProtectionProvider protection, TimeProvider time)
{
    private const string Mark = "&asked=";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Whether the request says that it has been at the sign-in page.</summary>
    public static bool HasReturned(HttpRequest request) => At(Whole(request)) >= 0;

    /// <summary>The URL of the sign-in page that returns to this request.</summary>
    public string Begin(HttpRequest request, string? hint)
    {
        var (bare, _) = Split(request);
        var prefilled = hint is null ? "" : $"&login_hint={Uri.EscapeDataString(hint)}";
        var back = Uri.EscapeDataString(Marked(bare));
        return $"{SignInPaths.SignIn}?Again=true{prefilled}&ReturnUrl={back}";
    }

    /// <summary>
    /// The URL of the page of the second factor that returns to this request. It notes that the request has been at a
    /// page of the sign-in, unless that is noted already: the older note is what a new sign-in is told by.
    /// </summary>
    public string StepUp(HttpRequest request, SignInLevel level)
    {
        var (bare, sealedTime) = Split(request);
        return StepUpPage.PathTo(sealedTime is null ? Marked(bare) : Whole(request), level);
    }

    /// <summary>When this request was redirected to the sign-in page; null if it was not, or too long ago.</summary>
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

    private string Marked(string bare) =>
        $"{bare}{Mark}{Sealer(bare).Protect(time.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture))}";

    // The framework logs purposes: a request may name a person, or bring an ID token.
    private IDataProtector Sealer(string request) =>
        protection.CreateProtector(
            "sign-in trip",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))
        );

    private static (string Bare, string? SealedTime) Split(HttpRequest request)
    {
        var whole = Whole(request);
        var at = At(whole);
        return at < 0 ? (whole, null) : (whole[..at], whole[(at + Mark.Length)..]);
    }

    private static int At(string whole) => whole.LastIndexOf(Mark, StringComparison.Ordinal);

    private static string Whole(HttpRequest request) => $"{request.Path}{request.QueryString}";
}
