using System.Net;
using Turnstone.Foreign;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>Fetches and reads one document, and says in a sentence why there is none.</summary>
internal sealed class DocumentFetch(OutboundRules rules) : IDisposable
{
    private const int LongestUri = 2000;

    private readonly OutboundHttp http = new(rules);

    public static Fetched<T> TooMany<T>(string uri)
        where T : class =>
        new(uri, FetchFault.TooMany, "too many documents were asked for in a short time; try again in a minute.");

    /// <summary>The outcome, and for how long it may be remembered. It throws nothing of its own.</summary>
    public async Task<(Fetched<T> Fetched, TimeSpan FreshFor)> RunAsync<T>(string uri, DocumentReader<T> read)
        where T : class
    {
        if (uri.Length > LongestUri || !http.Takes(uri))
        {
            return Faulty(FetchFault.Forbidden, "the address must begin with https:// and name no user.");
        }

        OutboundDocument document;
        try
        {
            document = await http.GetAsync(uri, CancellationToken.None);
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or IOException)
        {
            // One sentence for all: whether a name leads inside is nothing to tell to whoever asks.
            return Faulty(
                FetchFault.Unreachable,
                $"the address gives no whole answer within {(int)rules.Longest.TotalSeconds} seconds, by https, "
                    + "from the public internet."
            );
        }

        if (document.Status is not HttpStatusCode.OK)
        {
            return Faulty(
                FetchFault.Status,
                $"the address answers {(int)document.Status}; it must answer 200, without a redirect."
            );
        }

        if (document.Json is not { } json)
        {
            return Faulty(
                FetchFault.Unreadable,
                $"the address must answer application/json of at most {OutboundDocument.Largest / 1024} KiB."
            );
        }

        return read(json, out var wrong) is { } value
            ? (new Fetched<T>(uri, value), document.FreshFor)
            : Faulty(FetchFault.Unreadable, wrong ?? "the document cannot be read.");

        (Fetched<T>, TimeSpan) Faulty(FetchFault fault, string sentence) =>
            (new Fetched<T>(uri, fault, sentence), Freshness.OfFault);
    }

    public void Dispose() => http.Dispose();
}
