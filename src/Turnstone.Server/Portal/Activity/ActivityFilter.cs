using System.Globalization;
using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Activity;

/// <summary>The filter of the activity page, as in its URL.</summary>
public sealed class ActivityFilter
{
    private const string DayFormat = "yyyy-MM-dd";

    public string? Group { get; set; }

    public string? Outcome { get; set; }

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

    /// <summary>
    /// The store's query. Days are in the reader's time zone. A value that cannot be read is reported with the field's
    /// name and ignored.
    /// </summary>
    public AuditQuery ToQuery(AuditQuery whose, TimeZoneInfo zone, Action<string> refuse)
    {
        ArgumentNullException.ThrowIfNull(whose);
        ArgumentNullException.ThrowIfNull(refuse);
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

    /// <summary>The filter as a URL query, with more parameters.</summary>
    public string Address(params (string Name, string? Value)[] more)
    {
        IEnumerable<(string Name, string? Value)> all =
        [
            ("group", Group),
            ("outcome", Outcome),
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
