using System.Net;
using Microsoft.AspNetCore.Identity;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The relying party of passkeys is the issuer, whatever host a request names. A passkey must verify the user, because
/// it counts as both factors, and must be discoverable, so that a sign-in needs no email.
/// </summary>
public static class PasskeyOrigin
{
    public static void Configure(IdentityPasskeyOptions options, TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(settings);
        var issuer = new Uri(settings.Issuer);
        var origin = issuer.GetLeftPart(UriPartial.Authority);
        options.ServerDomain = issuer.Host;
        options.UserVerificationRequirement = "required";
        options.ResidentKeyRequirement = "required";
        options.AttestationConveyancePreference = "none";
        options.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && context.Origin == origin);
    }

    /// <summary>Passkeys need a host name; an IP address is not allowed (WebAuthn Level 3, §5.1.2).</summary>
    public static bool IsPossible(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return !IPAddress.TryParse(new Uri(settings.Issuer).Host.Trim('[', ']'), out _);
    }
}
