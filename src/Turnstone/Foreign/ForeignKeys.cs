using Turnstone.Tokens.Keys;

namespace Turnstone.Foreign;

/// <summary>
/// The keys that somebody publishes at an address (RFC 7517 §5). He rotates them when he likes: a key that is not among
/// those remembered makes them be fetched once more, at most once a minute for each address.
/// </summary>
public sealed class ForeignKeys(IForeignDocuments documents)
{
    /// <param name="uri">The address of the set.</param>
    /// <param name="kid">The key that a signature names; null where it names none.</param>
    /// <param name="payer">Whose share of what is fetched it takes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<Fetched<VerificationKeys>> FindAsync(
        string uri,
        string? kid,
        FetchPayer payer,
        CancellationToken cancellationToken
    )
    {
        var set = await documents.GetAsync<VerificationKeys>(uri, payer, Read, cancellationToken);
        return kid is null || set.Value?.Names.Contains(kid) is not false
            ? set
            : await documents.RenewAsync(set, payer, Read, cancellationToken);
    }

    private static VerificationKeys? Read(byte[] json, out string? problem) =>
        VerificationKeys.TryReadPublished(json, out var keys, out problem) ? keys : null;
}
