using QRCoder;

namespace Turnstone.Server.Portal.Elements;

/// <summary>A QR code: a PNG as a data URL, with a white margin for dark mode.</summary>
public static class QrCode
{
    private const int PixelsPerModule = 5;

    public static string Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return $"data:image/png;base64,{Convert.ToBase64String(code.GetGraphic(PixelsPerModule))}";
    }
}
