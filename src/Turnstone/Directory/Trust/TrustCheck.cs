namespace Turnstone.Directory.Trust;

/// <summary>What is wrong with a rule of trust.</summary>
public enum TrustFault
{
    Issuer,
    OwnIssuer,
    Audience,
    TooManyClaims,
    Claim,
    CheckedByItself,
    NamedTwice,
    NotPinned,
}

/// <param name="Fault">What.</param>
/// <param name="Text">The claim, or the claims of which one is missing.</param>
/// <param name="Sentence">For whoever writes the rule into a file.</param>
public sealed record TrustFlaw(TrustFault Fault, string Text, string Sentence);

/// <summary>What a rule of trust must not be. One check for pages and files.</summary>
public static class TrustCheck
{
    // What is checked by itself, or is another one each time.
    private static readonly string[] NotToPin = ["iss", "aud", "exp", "iat", "nbf", "jti"];

    /// <summary>Everything that is wrong with it.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="own">The issuer that this server is: its own tokens are no foreign assertions.</param>
    /// <param name="httpTaken">Whether http will do, as in Development.</param>
    public static IEnumerable<TrustFlaw> FlawsOf(TrustRule rule, string own, bool httpTaken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(own);
        return AddressFlaws(rule.Issuer, own, httpTaken).Concat(AudienceFlaws(rule)).Concat(ClaimFlaws(rule));
    }

    /// <summary>What is wrong with the name of an issuer.</summary>
    public static IEnumerable<TrustFlaw> AddressFlaws(string issuer, string own, bool httpTaken)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(own);
        if (!IsAddress(issuer, httpTaken))
        {
            yield return new(
                TrustFault.Issuer,
                issuer,
                "The issuer must be the https address that stands in iss, without query and fragment."
            );
        }
        else if (issuer.TrimEnd('/') == own.TrimEnd('/'))
        {
            yield return new(TrustFault.OwnIssuer, issuer, "The issuer is this server itself. Name another one.");
        }
    }

    private static IEnumerable<TrustFlaw> AudienceFlaws(TrustRule rule)
    {
        if (rule.Audience.Length is 0 or > TrustRule.LongestAddress || rule.Audience.Any(c => c is < '!' or > '~'))
        {
            yield return new(
                TrustFault.Audience,
                rule.Audience,
                "The audience must be one printable text without spaces."
            );
        }
    }

    private static IEnumerable<TrustFlaw> ClaimFlaws(TrustRule rule)
    {
        if (rule.Conditions.Length > TrustRule.MostConditions)
        {
            yield return new(
                TrustFault.TooManyClaims,
                "",
                $"There are more than {TrustRule.MostConditions} claims. Name fewer."
            );
        }

        foreach (var condition in rule.Conditions)
        {
            if (condition.Flaw is { } flaw)
            {
                yield return new(TrustFault.Claim, condition.Name, flaw);
            }
            else if (NotToPin.Contains(condition.Name))
            {
                yield return new(
                    TrustFault.CheckedByItself,
                    condition.Name,
                    $"The claim {condition.Name} is checked by itself. Leave it out."
                );
            }
        }

        if (rule.Conditions.GroupBy(condition => condition.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            yield return new(TrustFault.NamedTwice, twice.Key, $"The claim {twice.Key} is named twice.");
        }

        // Of an issuer that is none nobody knows for whom it signs.
        if (IsAddress(rule.Issuer, httpTaken: true) && rule.World.LackOf(rule.Conditions) is { } lack)
        {
            yield return new(
                TrustFault.NotPinned,
                lack,
                $"The issuer signs for others too, so pin {lack.Replace(" | ", ", or ", StringComparison.Ordinal)}."
            );
        }
    }

    private static bool IsAddress(string text, bool httpTaken) =>
        text.Length is > 0 and <= TrustRule.LongestAddress
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (httpTaken && uri.Scheme == Uri.UriSchemeHttp))
        && uri is { Query: "", Fragment: "", UserInfo: "" };
}
