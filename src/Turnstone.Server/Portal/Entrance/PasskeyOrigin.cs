using System.Net;
using Microsoft.AspNetCore.Identity;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// For whom passkeys are: the issuer, whatever name a request brings. A passkey has to show that a person was there and
/// was recognised, because it stands for both steps; and it has to be one that the device finds without an email, so
/// that a sign-in names nobody.
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

    /// <summary>
    /// Passkeys belong to a name: a server that is reached by its number has none (WebAuthn Level 3, §5.1.2).
    /// </summary>
    public static bool IsPossible(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return !IPAddress.TryParse(new Uri(settings.Issuer).Host.Trim('[', ']'), out _);
    }
}
