using Turnstone.Audit;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Storage.Audit;

/// <summary>
/// Which refusals share a row: those that concern one known account, API key or client within an hour, and those that
/// concern nobody known by their network within a minute; of each kind by themselves.
/// </summary>
internal readonly record struct RefusalKey
{
    private const string Various = "various";

    public DateTimeOffset Until { get; private init; }

    private Guid? AccountId { get; init; }

    private Guid? ApiKeyId { get; init; }

    private string? ClientId { get; init; }

    private string? Network { get; init; }

    private StoredName<AuditEvent> Event { get; init; }

    private StoredName<RefusalCode>? Refused { get; init; }

    private string? Kind { get; init; }

    private TimeSpan Period { get; init; }

    /// <summary>Null where nobody is known.</summary>
    public (Guid?, Guid?, string?)? Holder => Network is null ? (AccountId, ApiKeyId, ClientId) : null;

    public static RefusalKey Of(AuditEntry entry)
    {
        // One holder of those that an entry names: otherwise their combinations would each have rows of their own.
        var account = entry.AccountId;
        var apiKey = account is null ? entry.ApiKeyId : null;
        var client = account is null && apiKey is null ? entry.ClientId : null;
        var known = account is not null || apiKey is not null || client is not null;
        var period = known ? RefusalCount.OneHour : RefusalCount.OneMinute;
        return new()
        {
            AccountId = account,
            ApiKeyId = apiKey,
            ClientId = client,
            Network = known ? null : NetworkPrefix.Of(entry.Caller.Network),
            Event = entry.Event,
            Refused = entry.Refused,
            Kind = entry.Detail,
            Period = period,
            Until = new DateTimeOffset(
                entry.At.UtcTicks - (entry.At.UtcTicks % period.Ticks) + period.Ticks,
                TimeSpan.Zero
            ),
        };
    }

    /// <summary>The same together with those of all networks and holders that find no place of their own.</summary>
    public RefusalKey Elsewhere() =>
        this with
        {
            AccountId = null,
            ApiKeyId = null,
            ClientId = null,
            Network = Various,
        };

    /// <summary>The row of so many of these; one of them shows from where.</summary>
    public AuditEntry Entry(AuditEntry sample, long count) =>
        sample with
        {
            Caller = Network == Various ? new Caller(Various) : sample.Caller,
            AccountId = AccountId,
            ApiKeyId = ApiKeyId,
            ClientId = ClientId,
            Detail = new RefusalCount(Kind ?? "", count, Period).ToString(),
        };
}
