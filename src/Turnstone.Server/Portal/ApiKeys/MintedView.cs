using Turnstone.Directory;
using Turnstone.Server.Portal.Elements;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>A key that was made by this request, with its text, and the end of the one it takes over from.</summary>
public sealed record MintedView(MintedApiKey Minted, string Issuer, DateTimeOffset? OldWorksUntil = null)
{
    public string LoginLine => LoginLineOf(Issuer, Minted.Text);

    public static string LoginLineOf(string issuer, string key) =>
        CurlLine.Post($"{issuer}/v3/auth/login").Json(("api_key", key)).ToString();

    public override string ToString() => Minted.ToString();
}
