using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// What a cookie alone cannot hold: that a passkey challenge was answered, and that a portal session was signed out. A
/// copy of the cookie is good for neither again, on any node.
/// </summary>
public sealed class SpentSignIns(ISpentStore spent, TimeProvider time)
{
    /// <summary>How long a challenge is good: its cookie's time.</summary>
    public static readonly TimeSpan Challenge = TimeSpan.FromMinutes(5);

    /// <summary>False if there is no challenge in the request, or if it was answered before.</summary>
    public async Task<bool> AnswerChallengeAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        return ticket.Properties is { Items.Count: > 0 } challenge
            && await spent.SpendAsync(HashOf(challenge), time.GetUtcNow() + Challenge, context.RequestAborted);
    }

    public Task SignOutAsync(string session, DateTimeOffset until, CancellationToken cancellationToken) =>
        spent.SpendAsync(HashOf("portal session", session), until, cancellationToken);

    public Task<bool> IsSignedOutAsync(string session, CancellationToken cancellationToken) =>
        spent.IsSpentAsync(HashOf("portal session", session), cancellationToken);

    /// <summary>The id under which codes and sessions name the sign-in of a cookie.</summary>
    public static Guid IdOf(string session) => new(HashOf("sign-in", session).AsSpan(0, 16), bigEndian: true);

    // All that the server wrote into the cookie, the challenge's random bytes among it.
    private static byte[] HashOf(AuthenticationProperties challenge) =>
        HashOf(
            "passkey challenge",
            string.Join(
                '\n',
                challenge.Items.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Value)
            )
        );

    private static byte[] HashOf(string kind, string name) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{name}"));
}
