using System.Text;
using System.Text.Json;
using Turnstone.Tokens.Dpop;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens;

/// <summary>What RFCs print, as they print it.</summary>
public sealed class PrintedVectorsTests
{
    // RFC 7515, appendices A.2 and A.3; RFC 7520, §4.1.
    [Theory]
    [InlineData(
        "RS256",
        """
            {"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmf
            HQp-Vaw-4qPCJrcS2mJ
            PMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63k
            paSHSXndS5z5rexMdb
            BYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFv
            UK-DWNmoudF8NAco9_
            h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}
            """,
        """
            eyJhbGciOiJSUzI1NiJ9.
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.
            cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2F
            p5jujGbds9uJdbF9CU
            Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZR
            mB_eSN9383LcOLn6_
            dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AX
            LIhWkWywlVmtVrBp0i
            gcN_IoypGlUPQGe77Rw
            """
    )]
    [InlineData(
        "ES256",
        """
            {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
            """,
        """
            eyJhbGciOiJFUzI1NiJ9.
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.
            DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
            """
    )]
    [InlineData(
        "RS256",
        """
            {"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB","n":"n4EPtAOCc9
            AlkeQHPzHStgAbgs7b
            TZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYO
            YL-QtiWN2lbzcEe6XC
            0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhG
            qC0ZCuEHg8lhzwOHrt
            IQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"}
            """,
        """
            eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.
            SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb2
            50byB0aGUgcm9hZCwg
            YW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2
            h0IGJlIHN3ZXB0IG9m
            ZiB0by4.
            MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xu
            glII7PNDi84wnB-BDk
            oBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPo
            cSadnHXFxnt8Is9Uzp
            ERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41A
            xf_fcIe8u9ipH84ogo
            ree7vjbU5y18kDquDg
            """
    )]
    public void A_printed_signature_is_its_keys(string alg, string jwk, string jws)
    {
        var text = Joined(jws);
        Assert.True(
            VerificationKeys.TryRead($$"""{"keys":[{{Joined(jwk)}}]}""", out var keys, out var problem),
            problem
        );
        var (data, signature) = (Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]), SignatureOf(text));

        Assert.True(keys.Verify(alg, kid: null, data, signature));
        data[^1] ^= 1;
        Assert.False(keys.Verify(alg, kid: null, data, signature));
    }

    [Fact]
    public void The_key_of_RFC_7638_has_its_printed_thumbprint()
    {
        const string Key = """
            {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aP
            FFxuhDR1L6tSoc_BJECP
            ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Qvz
            qY368QQMicAtaSqzs8
            KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XP
            ksINHaQ-G_xBniIqbw
            0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
            """;
        using var jwk = JsonDocument.Parse(Joined(Key));

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", KeyThumbprint.Of(jwk.RootElement));
    }

    // RFC 9449 §4.1 and §7.1; the thumbprint stands in §6.1.
    [Theory]
    [InlineData(
        """
            eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbG
            UuY29tL3Rva2VuIiwi
            aWF0IjoxNTYyMjYyNjE2fQ.
            2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg
            """,
        "POST https://server.example.com/token 1562262616 "
    )]
    [InlineData(
        """
            eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcG
            xlLm9yZy9wcm90ZWN0
            ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OU
            lpS0NBcWtzbVFFbyJ9.
            2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA
            """,
        "GET https://resource.example.org/protectedresource 1562262618 fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    )]
    public void A_printed_proof_says_what_it_says(string payloadAndSignature, string says)
    {
        const string Header = """
            eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0Vj
            NoUklDUkRZOXpDa0Rs
            cEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQS
            IsImNydiI6IlAtMjU2
            In19
            """;

        Assert.True(
            DpopProof.TryRead($"{Joined(Header)}.{Joined(payloadAndSignature)}", new DpopKeys(), out var proof)
        );

        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", proof.KeyThumbprint);
        Assert.Equal(says, $"{proof.Method} {proof.Url} {proof.IssuedAt.ToUnixTimeSeconds()} {proof.AccessTokenHash}");
    }

    private static byte[] SignatureOf(string jws) =>
        Turnstone.Model.Base64UrlText.TryDecode(jws.AsSpan(jws.LastIndexOf('.') + 1), out var signature)
            ? signature
            : throw new FormatException("The vector is no JWS.");

    private static string Joined(string lines) => string.Concat(lines.Split('\n', StringSplitOptions.TrimEntries));
}
