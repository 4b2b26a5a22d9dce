using Turnstone.Directory;
using Turnstone.Server.Portal.Elements;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>A key created by this request, with its text, and the end of the key that it replaces.</summary>
public sealed record CreatedKeyView(MintedApiKey Minted, string Issuer, DateTimeOffset? OldWorksUntil = null)
{
    public string LoginLine => LoginLineOf(Issuer, Minted.Text);

    public static string LoginLineOf(string issuer, string key) =>
        CurlLine.Post($"{issuer}/v3/auth/login").Json(("api_key", key)).ToString();

    public override string ToString() => Minted.ToString();
}
