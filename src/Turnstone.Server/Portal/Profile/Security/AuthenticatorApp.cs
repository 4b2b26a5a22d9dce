using QRCoder;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>A key for an authenticator app, as a QR code and as text.</summary>
public sealed record AuthenticatorApp(string Key, string Email, string Service)
{
    private const int PixelsPerModule = 5;

    /// <summary>In groups of four.</summary>
    public string Spelled => string.Join(' ', Key.Chunk(4).Select(four => new string(four)));

    /// <summary>A PNG as a data URL, with a white margin for dark mode.</summary>
    public string Picture
    {
        get
        {
            using var data = QRCodeGenerator.GenerateQrCode(
                $"otpauth://totp/{Uri.EscapeDataString(Service)}:{Uri.EscapeDataString(Email)}?secret={Key}"
                    + $"&issuer={Uri.EscapeDataString(Service)}",
                QRCodeGenerator.ECCLevel.M
            );
            using var code = new PngByteQRCode(data);
            return $"data:image/png;base64,{Convert.ToBase64String(code.GetGraphic(PixelsPerModule))}";
        }
    }
}
