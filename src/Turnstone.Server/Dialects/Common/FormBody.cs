using System.Text;

namespace Turnstone.Server.Dialects.Common;

/// <summary>
/// A form that a client sent (application/x-www-form-urlencoded): UTF-8, at most 16 KiB, no parameter twice (RFC 6749 §3.2). A parameter
/// without a value counts as absent (§3.2 too).
/// </summary>
public sealed class FormBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, string> parameters;

    private FormBody(Dictionary<string, string> parameters) => this.parameters = parameters;

    /// <summary>Null with no fault: a parameter came twice or is not UTF-8, which RFC 6749 calls an invalid request.</summary>
    public static async Task<(FormBody? Body, BodyFault? Fault)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaType.Is(request, "application/x-www-form-urlencoded"))
        {
            return (null, BodyFault.UnsupportedMediaType);
        }

        var (bytes, fault) = await BodyBytes.ReadAsync(request, JsonBody.Largest, cancellationToken);
        if (bytes is null)
        {
            return (null, fault);
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.Latin1.GetString(bytes).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            if (!TryDecode(name, out var decodedName) || !TryDecode(value, out var decodedValue) || !parameters.TryAdd(decodedName, decodedValue))
            {
                return (null, null);
            }
        }

        return (new FormBody(parameters), null);
    }

    /// <summary>The parameter's value; null when it is absent or empty.</summary>
    public string? this[string name] => parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Percent-decoding to strict UTF-8; a stray percent sign or a broken sequence is refused rather than guessed at.</summary>
    public static bool TryDecode(string text, out string decoded)
    {
        decoded = "";
        var bytes = new byte[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out bytes[count++]))
                {
                    return false;
                }

                i += 2;
            }
            else
            {
                bytes[count++] = text[i] is '+' ? (byte)' ' : (byte)text[i];
            }
        }

        try
        {
            decoded = StrictUtf8.GetString(bytes, 0, count);
            return !decoded.Contains('\0', StringComparison.Ordinal);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
