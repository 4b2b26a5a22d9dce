using Turnstone.Tokens;

namespace Turnstone.Directory.Trust;

/// <summary>What an issuer says of itself (OpenID Connect Discovery §3); nothing else of it is looked at.</summary>
/// <param name="Issuer">Its name.</param>
/// <param name="KeysUri">Where its keys are.</param>
public sealed record IssuerDocument(string Issuer, string KeysUri)
{
    internal static IssuerDocument? Read(byte[] json, out string? problem)
    {
        problem = "it is no discovery document, with issuer and jwks_uri.";
        if (!StrictJson.TryParse(json, out var document))
        {
            return null;
        }

        using (document)
        {
            var (issuer, keys) = (
                StrictJson.Text(document.RootElement, "issuer"u8),
                StrictJson.Text(document.RootElement, "jwks_uri"u8)
            );
            if (issuer is null || keys is null)
            {
                return null;
            }

            problem = null;
            return new IssuerDocument(issuer, keys);
        }
    }
}
