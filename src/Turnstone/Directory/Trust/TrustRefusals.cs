using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.Trust;

/// <summary>What the sender of an assertion is told that is not taken.</summary>
public static class TrustRefusals
{
    private static readonly TimeSpan UntilAskedAgain = TimeSpan.FromSeconds(30);

    /// <summary>One answer to everything before the signature: until then nobody is known to have sent it.</summary>
    /// <param name="code">What it is called: the word depends on the grant.</param>
    public static Refusal Wrong(RefusalCode code) =>
        new(
            code,
            "The assertion is not taken.",
            "Send a JWT of an issuer that this client trusts, with sub, aud, iat and exp, signed by its key."
        );

    /// <summary>Nobody is known to have sent it yet, but what is wrong is wrong for whoever sends one.</summary>
    public static Refusal Keyless(Fetched<VerificationKeys> published, RefusalCode code)
    {
        ArgumentNullException.ThrowIfNull(published);
        return published.Fault is FetchFault.Unreachable or FetchFault.TooMany
            ? new(
                RefusalCode.Unavailable,
                $"The keys of the issuer cannot be had now: {published.Sentence}",
                "Repeat the request after the time in Retry-After, with a new assertion.",
                UntilAskedAgain
            )
            : new(
                code,
                $"The issuer publishes no keys that can be used: {published.Sentence}",
                "Mend its discovery document or what is at its jwks_uri, and ask again in half a minute."
            );
    }

    /// <summary>
    /// What the rule wants is its owner's to see: anybody may have an assertion of the same issuer.
    /// </summary>
    public static Refusal Of(TrustLack lack, RefusalCode code)
    {
        ArgumentNullException.ThrowIfNull(lack);
        return lack.Word switch
        {
            TrustLack.Audience => new(
                code,
                "The aud of the assertion is another one.",
                "Ask the issuer for the one audience that is registered here, and no other beside it."
            ),
            TrustLack.Claim => new(
                code,
                $"The claim {lack.Claimed.Name} of the assertion is not as it is registered.",
                "See what was expected on the application's page in the portal."
            ),
            TrustLack.Repeated => new(code, "The assertion was used before.", "Get a new one for each request."),
            TrustLack.NotYet => new(code, "The assertion is of the future.", "Check the clock of the issuer."),
            _ => new(
                code,
                "The assertion is too old.",
                "Get a new one for each request: it is taken for five minutes after it was issued."
            ),
        };
    }
}
