using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;
using Turnstone.Audit;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Activity;

/// <summary>
/// The detail of an entry in the reader's words. The record and its exports keep it as it was written.
/// </summary>
internal static partial class ActivityDetail
{
    private const string Provisioned = "provisioned: ";
    private const string EmailsOff = "emails turned off: ";

    public static string Of(IStringLocalizer<ActivityWords> words, string detail)
    {
        if (RefusalCount.Read(detail) is { } refusals)
        {
            var period = refusals.Period == RefusalCount.OneHour ? "MoreInHour" : "MoreInMinute";
            return $"{Of(words, refusals.Kind)}: {words[period, refusals.Count]}";
        }

        if (Distance().Match(detail) is { Success: true } match)
        {
            // Ahead of its row is a token in a store that was put back.
            var steps = long.Parse(match.Groups["steps"].Value, CultureInfo.InvariantCulture);
            return steps switch
            {
                1 => words["DistanceOne"],
                < 0 => words["DistanceAhead", -steps],
                _ => words["DistanceMany", steps],
            };
        }

        if (Repeated().Match(detail) is { Success: true } repeated)
        {
            return $"{Of(words, repeated.Groups["what"].Value)} × {repeated.Groups["times"].Value}";
        }

        if (Exchanged().Match(detail) is { Success: true } exchanged)
        {
            var actors = exchanged.Groups["actors"];
            return words[actors.Success ? "ExchangedBy" : "Exchanged", exchanged.Groups["of"].Value, actors.Value];
        }

        if (Trusted().Match(detail) is { Success: true } trusted)
        {
            return words["Trusted", trusted.Groups["of"].Value];
        }

        if (KnownTo().Match(detail) is { Success: true } known)
        {
            return words["KnownTo", known.Groups["issuer"].Value];
        }

        if (TrustChange().Match(detail) is { Success: true } trust)
        {
            return words[$"Trust_{trust.Groups["what"].Value}", trust.Groups["issuer"].Value];
        }

        if (ProviderChange().Match(detail) is { Success: true } provider)
        {
            return words[$"Provider_{provider.Groups["what"].Value}", provider.Groups["issuer"].Value];
        }

        if (detail.StartsWith(Provisioned, StringComparison.Ordinal))
        {
            return words["Provisioned", Of(words, detail[Provisioned.Length..])];
        }

        if (detail.StartsWith(EmailsOff, StringComparison.Ordinal))
        {
            return words["Detail_emails turned off"];
        }

        if (SigningKeys().Matches(detail) is { Count: > 0 } keys)
        {
            var each = keys.Select(key =>
                words[
                    "SigningKey",
                    key.Groups["algorithm"].Value,
                    key.Groups["kid"].Value,
                    key.Groups["day"].Value
                ].Value
            );
            return string.Join("; ", each);
        }

        if (Said().IsMatch(detail))
        {
            return Said().Replace(detail, said => words["SaidThen", said.Groups["sentence"].Value]);
        }

        // A sign-in to the portal writes it small.
        var plain = detail == "password" ? "Password" : Ids().Replace(detail, "").Trim();
        return StateChange().Match(plain) is { Success: true } change
            ? words[
                "FromTo",
                words.Said($"State_{change.Groups["from"].Value}", change.Groups["from"].Value),
                words.Said($"State_{change.Groups["to"].Value}", change.Groups["to"].Value)
            ]
            : words.Said($"Detail_{plain}", plain);
    }

    /// <summary>Of the id of a key so much as tells it from the others.</summary>
    [GeneratedRegex(
        @"\G(?<algorithm>[A-Z]{2}\d{3}) key (?<kid>[\w-]{8})[\w-]*, signs from (?<day>[\d-]{10}) [\d:]{8}Z(?:; |$)"
    )]
    private static partial Regex SigningKeys();

    /// <summary>What a scope was said to allow when it was given.</summary>
    [GeneratedRegex("“(?<sentence>[^”]+)”")]
    private static partial Regex Said();

    [GeneratedRegex(@"^distance (?<steps>-?\d{1,18})$")]
    private static partial Regex Distance();

    [GeneratedRegex(@"^(?<what>.+) × (?<times>\d+)$")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"^Exchange of (?<of>.+?)(?: by (?<actors>.+))?$")]
    private static partial Regex Exchanged();

    [GeneratedRegex(@"^JwtBearer of (?<of>.+)$")]
    private static partial Regex Trusted();

    [GeneratedRegex(@"^known to (?<issuer>.+)$")]
    private static partial Regex KnownTo();

    [GeneratedRegex(@"^trust (?<what>added|removed): (?<issuer>.+)$")]
    private static partial Regex TrustChange();

    [GeneratedRegex(@"^identity provider (?<what>registered|changed|removed): (?<issuer>.+)$")]
    private static partial Regex ProviderChange();

    [GeneratedRegex(@"^(?<from>[A-Z][a-z]+) to (?<to>[A-Z][a-z]+)$")]
    private static partial Regex StateChange();

    /// <summary>The id of a subscription before what happened to it, and any other.</summary>
    [GeneratedRegex(@"^subscription [0-9a-f-]{36}: |\s*\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")]
    private static partial Regex Ids();
}
