using Turnstone.Server.Portal.Elements;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>A key for an authenticator app, as a QR code and as text.</summary>
public sealed record AuthenticatorApp(string Key, string Email, string Service)
{
    /// <summary>In groups of four.</summary>
    public string Spelled => string.Join(' ', Key.Chunk(4).Select(four => new string(four)));

    public string Picture =>
        QrCode.Of(
            $"otpauth://totp/{Uri.EscapeDataString(Service)}:{Uri.EscapeDataString(Email)}?secret={Key}"
                + $"&issuer={Uri.EscapeDataString(Service)}"
        );
}
