using System.Text.Json;

namespace Turnstone.Tokens;

/// <summary>
/// The protected header: which key, which algorithm. It is read before anything is proven, so it may choose nothing but
/// a name from the ring.
/// </summary>
internal readonly record struct AccessTokenHeader(string Algorithm, string Kid)
{
    public static AccessTokenFault? Read(byte[] utf8, out AccessTokenHeader header)
    {
        header = default;
        if (!StrictJson.TryParse(utf8, out var document))
        {
            return AccessTokenFault.Malformed;
        }

        using (document)
        {
            var json = document.RootElement;
            if (CompactJws.BringsItsOwnRules(json) || !IsAccessToken(StrictJson.Text(json, "typ"u8)))
            {
                return AccessTokenFault.HeaderRefused;
            }

            if (StrictJson.Text(json, "alg"u8) is not { } alg)
            {
                return AccessTokenFault.WrongAlgorithm;
            }

            if (StrictJson.Text(json, "kid"u8) is not { } kid)
            {
                return AccessTokenFault.UnknownKey;
            }

            header = new(alg, kid);
            return null;
        }
    }

    // RFC 9068 §4; a media type compares without regard to case (RFC 7515 §4.1.9).
    private static bool IsAccessToken(string? typ) =>
        string.Equals(typ, "JWT", StringComparison.OrdinalIgnoreCase)
        || string.Equals(typ, "at+jwt", StringComparison.OrdinalIgnoreCase)
        || string.Equals(typ, "application/at+jwt", StringComparison.OrdinalIgnoreCase);
}
