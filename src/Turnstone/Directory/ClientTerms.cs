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
    /// A client's terms for the tokens of an API: they live as long as it says, or shorter where the client says so,
    /// and are signed as it can verify.
    /// </summary>
    public static Terms For(this Terms terms, Client? client, Api? api)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var life = api?.AccessLifetime ?? terms.AccessLifetime;
        life = client?.AccessLifetime < life ? client.AccessLifetime.Value : life;
        var algorithm = api?.Algorithm ?? terms.Algorithm;
        return life == terms.AccessLifetime && algorithm == terms.Algorithm
            ? terms
            : terms with
            {
                AccessLifetime = life,
                Algorithm = algorithm,
            };
    }
}
