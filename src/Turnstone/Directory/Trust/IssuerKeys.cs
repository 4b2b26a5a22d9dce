using Turnstone.Foreign;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.Trust;

/// <summary>
/// The keys that an issuer publishes, by its discovery document (OpenID Connect Discovery §4): both are fetched, and
/// remembered, as all foreign documents are.
/// </summary>
public sealed class IssuerKeys(IForeignDocuments documents, ForeignKeys published)
{
    private const string Document = "/.well-known/openid-configuration";

    /// <param name="issuer">The issuer, as <c>iss</c> names it.</param>
    /// <param name="kid">The key that a signature names; null where it names none.</param>
    /// <param name="payer">Whose share of what is fetched it takes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<Fetched<VerificationKeys>> OfAsync(
        string issuer,
        string? kid,
        FetchPayer payer,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(issuer);
        var fetched = await documents.GetAsync<IssuerDocument>(
            issuer.TrimEnd('/') + Document,
            payer,
            IssuerDocument.Read,
            cancellationToken
        );

        // Whoever answers there speaks for himself alone (§4.3).
        return !fetched.Got(out var found, out var sentence)
                ? new Fetched<VerificationKeys>(fetched.Uri, fetched.Fault ?? FetchFault.Unreadable, sentence)
            : found.Issuer != issuer
                ? new Fetched<VerificationKeys>(fetched.Uri, FetchFault.Unreadable, "it is of another issuer.")
            : await published.FindAsync(found.KeysUri, kid, payer, cancellationToken);
    }
}
