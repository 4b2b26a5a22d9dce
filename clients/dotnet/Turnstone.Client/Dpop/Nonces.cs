using System.Collections.Concurrent;

namespace Turnstone.Client;

/// <summary>The last nonce that each server wants in the next proof (RFC 9449 §8).</summary>
internal sealed class Nonces
{
    private const string Header = "DPoP-Nonce";
    private const string Wanted = "use_dpop_nonce";
    private const int Most = 1_000;

    private readonly ConcurrentDictionary<string, string> known = new(StringComparer.Ordinal);

    public string? Of(Uri address) => known.GetValueOrDefault(Origin(address));

    /// <summary>Keeps the answer's nonce. False where it brought none but the one that was sent.</summary>
    public bool Hear(Uri address, HttpResponseMessage answer, string? sent)
    {
        var nonce = answer.Headers.TryGetValues(Header, out var brought) ? brought.First() : null;
        var origin = Origin(address);
        if (nonce is null || (known.Count >= Most && Of(address) is null))
        {
            return false;
        }

        known[origin] = nonce;
        return nonce != sent;
    }

    /// <summary>Whether an API wants the request once more, with its nonce.</summary>
    public static bool AsksForOne(HttpResponseMessage answer) =>
        answer.Headers.WwwAuthenticate.Any(challenge =>
            challenge.Scheme.Equals(AccessToken.DpopScheme, StringComparison.OrdinalIgnoreCase)
            && challenge.Parameter?.Contains(Wanted, StringComparison.Ordinal) is true
        );

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
