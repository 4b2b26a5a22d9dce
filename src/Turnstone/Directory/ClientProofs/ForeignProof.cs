using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Directory.ClientProofs;

/// <summary>An assertion that is to prove the client, as it was sent.</summary>
/// <param name="Text">The JWT.</param>
/// <param name="Code">What it is called when it is not taken: the word depends on the grant.</param>
public sealed record ForeignProof(string Text, RefusalCode Code)
{
    /// <summary>Who it is in the issuer's words, bounded and printable.</summary>
    public string Subject =>
        ForeignAssertion.TryRead(Text, out var assertion) ? TrustLack.Shown(assertion.Subject) : "";

    public override string ToString() => "a foreign assertion";
}
