using Turnstone.Tokens.Dpop;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// The header <c>DPoP</c> of a request (RFC 9449 §4.1), and the nonce that every answer to one has (§8.2): the next
/// proof then needs no second try.
/// </summary>
internal sealed class DpopHeader(DpopCheck check)
{
    public const string Name = "DPoP";
    public const string Nonce = "DPoP-Nonce";

    /// <summary>The algorithms of proofs, as a challenge lists them.</summary>
    public static string Algorithms { get; } = string.Join(' ', DpopProof.Algorithms);

    /// <summary>Null where there is no proof.</summary>
    /// <param name="context">The request.</param>
    /// <param name="url">What the proof has to be for.</param>
    /// <param name="method">The same; null for the request's own.</param>
    public PresentedProof? Read(HttpContext context, string url, string? method = null)
    {
        var sent = context.Request.Headers[Name];
        if (sent.Count == 0)
        {
            return null;
        }

        context.Response.Headers[Nonce] = check.Nonce();
        return new(sent.Count == 1 ? sent[0] : null, method ?? context.Request.Method, url);
    }

    /// <summary>What an answer asks for that wants a (better) proof (§7.1).</summary>
    public static string Challenge(string error, string description) =>
        $"DPoP realm=\"turnstone\", error=\"{error}\", error_description=\"{description}\", algs=\"{Algorithms}\"";
}
