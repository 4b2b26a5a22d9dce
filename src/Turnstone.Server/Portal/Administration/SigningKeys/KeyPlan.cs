using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Administration.SigningKeys;

public enum KeyPhase
{
    /// <summary>Published, does not sign yet.</summary>
    Waiting,

    Signing,

    /// <summary>No longer signs; its tokens may still be valid.</summary>
    Verifying,

    /// <summary>Retired: its tokens are refused.</summary>
    Retired,
}

/// <summary>One key in the schedule. Times in the future are planned.</summary>
public sealed record PlannedKey(
    string Kid,
    SigningAlgorithm Algorithm,
    KeyPhase Phase,
    DateTimeOffset PublishedAt,
    DateTimeOffset SignsFrom,
    DateTimeOffset SignsUntil,
    bool EndIsPlanned,
    DateTimeOffset NeededUntil,
    DateTimeOffset? RetiredAt
)
{
    public static IReadOnlyList<PlannedKey> Of(
        IReadOnlyList<SigningKeyRecord> records,
        KeyCalendar calendar,
        DateTimeOffset now
    ) =>
        [
            .. records
                .OrderBy(record => record.Algorithm)
                .ThenBy(record => record.SignsFrom)
                .ThenBy(record => record.Kid, StringComparer.Ordinal)
                .Select(record => Of(record, records, calendar, now)),
        ];

    private static PlannedKey Of(
        SigningKeyRecord record,
        IReadOnlyList<SigningKeyRecord> records,
        KeyCalendar calendar,
        DateTimeOffset now
    )
    {
        var stops = KeyCalendar.StopsAt(record, records);
        var until = stops ?? Later(record.SignsFrom + calendar.RotationPeriod, now);
        var needed =
            KeyCalendar.EndOf(record, records)
            ?? until + (KeyCalendar.EndOf(record with { RetiredAt = until }, [])!.Value - until);
        var phase =
            record.RetiredAt is not null ? KeyPhase.Retired
            : KeyCalendar.Signing(records, record.Algorithm, now)?.Kid == record.Kid ? KeyPhase.Signing
            : record.SignsFrom > now ? KeyPhase.Waiting
            : KeyPhase.Verifying;
        return new(
            record.Kid,
            record.Algorithm,
            phase,
            record.PublishedAt,
            record.SignsFrom,
            until,
            stops is null,
            needed,
            record.RetiredAt
        );
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
