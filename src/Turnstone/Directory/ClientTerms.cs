using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Directory;

public static class ClientTerms
{
    /// <summary>These terms with the client's own values in the places where it has some.</summary>
    public static Terms For(this Terms terms, Client? client)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return client is null
            ? terms
            : terms with
            {
                AccessLifetime = client.AccessLifetime ?? terms.AccessLifetime,
                RefreshLifetime = client.RefreshLifetime ?? terms.RefreshLifetime,
                AbsoluteLifetime = client.AbsoluteLifetime ?? terms.AbsoluteLifetime,
                RetryWindow = client.RetryWindow ?? terms.RetryWindow,
                Early = client.Early ?? terms.Early,
                Rotates = !(client is { KeepsRefreshTokens: true, DpopBound: true }),
                Algorithm = client.IsFapi2 ? SigningAlgorithm.ES256 : client.Algorithm ?? terms.Algorithm,
            };
    }

    /// <summary>
    /// A client's terms for the tokens of an API: they live no longer than either says, and are signed as the API can
    /// verify, unless the client's profile says how.
    /// </summary>
    public static Terms For(this Terms terms, Client? client, Api? api)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var life = api?.AccessLifetime < terms.AccessLifetime ? api.AccessLifetime.Value : terms.AccessLifetime;
        var algorithm = client is { IsFapi2: true } ? terms.Algorithm : api?.Algorithm ?? terms.Algorithm;
        return life == terms.AccessLifetime && algorithm == terms.Algorithm
            ? terms
            : terms with
            {
                AccessLifetime = life,
                Algorithm = algorithm,
            };
    }
}
