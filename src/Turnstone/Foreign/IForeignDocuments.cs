namespace Turnstone.Foreign;

/// <summary>
/// Reads a document that was fetched: what it says, or null with a sentence that says what is wrong with it.
/// </summary>
public delegate T? DocumentReader<out T>(byte[] json, out string? problem)
    where T : class;

/// <summary>
/// JSON documents at addresses that somebody else has given: what clients and issuers publish about themselves. They
/// are fetched when somebody asks for them, and remembered for as long as their headers say, within bounds.
/// </summary>
public interface IForeignDocuments
{
    /// <summary>
    /// The document as it is remembered, or as it is fetched now. Everybody who asks meanwhile waits for the same
    /// fetch, and each may stop waiting without ending it. What cannot be fetched or read is remembered too, shortly.
    /// </summary>
    /// <param name="uri">Where it is. Nothing has to be checked before.</param>
    /// <param name="payer">Whose share of what is fetched it takes.</param>
    /// <param name="read">Reads it, once for each fetch. For one address and type there is one reader.</param>
    /// <param name="cancellationToken">Ends the waiting of this asker alone.</param>
    ValueTask<Fetched<T>> GetAsync<T>(
        string uri,
        FetchPayer payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class;

    /// <summary>
    /// The document anew, because <paramref name="seen"/> lacks what it must have by now: a key that has been rotated.
    /// One address is asked again at most once a minute; else, or if it cannot be fetched, what was seen stays.
    /// </summary>
    ValueTask<Fetched<T>> RenewAsync<T>(
        Fetched<T> seen,
        FetchPayer payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class;
}
