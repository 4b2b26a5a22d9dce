using System.Globalization;
using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Activity;

/// <summary>The filter of the activity page, as in its URL.</summary>
public sealed class ActivityFilter
{
    public const int LongestAddress = 64;

    private const string DayFormat = "yyyy-MM-dd";
    private const string KeyPrefix = "key:";

    public string? Group { get; set; }

    public string? Outcome { get; set; }

    /// <summary>One of the reader's keys, by <see cref="OfKey"/>, or one of his applications, by its id.</summary>
    public string? By { get; set; }

    /// <summary>The address of whoever acted, as it is shown.</summary>
    public string? Address { get; set; }

    public string? From { get; set; }

    public string? To { get; set; }

    /// <summary>The groups of events, by name.</summary>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyList<AuditEvent>>> Groups { get; } =
    [
        new("logins", [AuditEvent.Login, AuditEvent.LoginFailed, AuditEvent.AbuseRefused, AuditEvent.CodeMinted]),
        new(
            "alarms",
            [
                AuditEvent.RefreshReuse,
                AuditEvent.CopySuspected,
                AuditEvent.CodeReused,
                AuditEvent.StoreForgot,
                AuditEvent.AbuseRefused,
                AuditEvent.LoginFailed,
            ]
        ),
        new(
            "sessions",
            [
                AuditEvent.SessionRevoked,
                AuditEvent.SessionsRevoked,
                AuditEvent.ConsentGiven,
                AuditEvent.ConsentWithdrawn,
            ]
        ),
        new("account", [AuditEvent.AccountCreated, AuditEvent.AccountChanged, AuditEvent.PasswordChanged]),
        new(
            "keys",
            [
                AuditEvent.ApiKeyCreated,
                AuditEvent.ApiKeyRenewed,
                AuditEvent.ApiKeyRenamed,
                AuditEvent.ApiKeyScopesChanged,
                AuditEvent.ApiKeyRolled,
                AuditEvent.ApiKeyRevoked,
                AuditEvent.SubscriptionCreated,
                AuditEvent.SubscriptionChanged,
                AuditEvent.SubscriptionKeyShown,
            ]
        ),
        new("applications", [AuditEvent.ClientCreated, AuditEvent.ClientChanged]),
    ];

    public static IReadOnlyList<string> Outcomes { get; } = ["done", "refused"];

    /// <summary>A key among what <see cref="By"/> may be: an id of an application has no colon.</summary>
    public static string OfKey(Guid id) => $"{KeyPrefix}{id:D}";

    /// <summary>
    /// The store's query. Days are in the reader's time zone. A value that cannot be read is reported with the field's
    /// name and ignored.
    /// </summary>
    public AuditQuery ToQuery(AuditQuery whose, TimeZoneInfo zone, Action<string> refuse)
    {
        ArgumentNullException.ThrowIfNull(whose);
        ArgumentNullException.ThrowIfNull(refuse);
        whose = Narrow(whose);
        return whose with
        {
            Events = Groups.FirstOrDefault(group => group.Key == Group).Value ?? [],
            Refused = Outcome switch
            {
                "done" => false,
                "refused" => true,
                _ => null,
            },
            Since = Start(From, nameof(From), 0),
            Until = Start(To, nameof(To), 1),
        };

        DateTimeOffset? Start(string? text, string field, int days)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                return null;
            }

            if (
                !DateOnly.TryParseExact(
                    text.Trim(),
                    DayFormat,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var day
                ) || day.Year is < 2000 or > 9000
            )
            {
                refuse(field);
                return null;
            }

            var midnight = day.AddDays(days).ToDateTime(TimeOnly.MinValue);
            return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
        }
    }

    // A key or an application of somebody else finds nothing: the account is in the query, whatever is asked for.
    // Addresses are shown of the reader's own acts alone, so no others are searched: a search would tell them.
    private AuditQuery Narrow(AuditQuery whose)
    {
        if (By?.Any(char.IsControl) is true || Address?.Any(char.IsControl) is true)
        {
            // Nothing has such a name, and PostgreSQL does not take the question.
            return whose with { ApiKeyId = Guid.Empty, OwnedClients = [] };
        }

        if (!string.IsNullOrEmpty(By))
        {
            whose =
                By.StartsWith(KeyPrefix, StringComparison.Ordinal)
                && Guid.TryParseExact(By[KeyPrefix.Length..], "D", out var key)
                    ? whose with
                    {
                        ApiKeyId = key,
                        OwnedClients = [],
                    }
                    : whose with
                    {
                        ClientId = By,
                    };
        }

        return Address?.Trim() is { Length: > 0 and <= LongestAddress } address
            ? whose with
            {
                Network = address,
                OwnedClients = [],
            }
            : whose;
    }

    /// <summary>The filter as a URL query, with more parameters.</summary>
    public string Link(params (string Name, string? Value)[] more)
    {
        IEnumerable<(string Name, string? Value)> all =
        [
            ("group", Group),
            ("outcome", Outcome),
            ("by", By),
            ("address", Address),
            ("from", From),
            ("to", To),
            .. more,
        ];
        return QueryString
            .Create(
                all.Where(pair => !string.IsNullOrEmpty(pair.Value))
                    .Select(pair => KeyValuePair.Create(pair.Name, pair.Value))
            )
            .ToString();
    }
}
