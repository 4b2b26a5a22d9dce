using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Audit;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>Refusals take a bounded number of rows, and none of them is left out of the counts.</summary>
public abstract class RefusalTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Of_a_network_and_kind_the_first_of_a_minute_is_a_row_and_the_others_are_one_more()
    {
        var kind = $"Kind{NewId()}";
        for (var i = 0; i < 18; i++)
        {
            await RefuseAsync(Refusal(kind, $"2001:db8::{i:x}"));
        }

        Assert.Equal(
            [kind, $"{kind}: 17 more in this minute"],
            (await ReadAsync(kind)).Select(entry => entry.Detail!).Order(StringComparer.Ordinal)
        );
        await Store.FlushAsync(Cancel);
        Assert.Equal(1, await RowsAsync(kind));

        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.FlushAsync(Cancel);
        Assert.Equal(2, await RowsAsync(kind));
        var counted = Assert.Single(await ReadAsync(kind), entry => entry.Detail != kind);
        Assert.Equal(
            ($"{kind}: 17 more in this minute", "2001:db8::11", RefusalCode.InvalidCredentials),
            (counted.Detail, counted.Caller.Network, counted.Refused)
        );

        await RefuseAsync(Refusal(kind, "2001:db8::1"));
        Assert.Equal(kind, (await ReadAsync(kind))[0].Detail);
    }

    /// <summary>Whoever has a /48 has 65,536 networks.</summary>
    [Fact]
    public async Task More_networks_than_may_have_rows_share_one()
    {
        // A test before this one may have taken a place in this minute.
        Time.Advance(TimeSpan.FromMinutes(1));
        var kind = $"Kind{NewId()}";
        for (var i = 0; i < 2_000; i++)
        {
            await RefuseAsync(Refusal(kind, $"2001:db8:0:{i:x}::1"));
            await RefuseAsync(Refusal(kind, $"2001:db8:0:{i:x}::2"));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.FlushAsync(Cancel);

        Assert.Equal((2 * RefusalRecord.MostNetworks) + 1, await RowsAsync(kind));
        var others = Assert.Single(await ReadAsync(kind), entry => entry.Caller.Network == "various");
        Assert.Equal(2 * (2_000 - RefusalRecord.MostNetworks), RefusalCount.Read(others.Detail)!.Count);
        Assert.Null(others.Caller.UserAgent);
    }

    [Fact]
    public async Task A_known_account_has_a_bounded_number_of_rows_an_hour_and_a_count_of_the_rest()
    {
        var (kind, account) = ($"Kind{NewId()}", NewId());
        for (var i = 0; i < 150; i++)
        {
            await RefuseAsync(Refusal(kind, $"192.0.2.{i}") with { AccountId = account, ClientId = $"client {i}" });
        }

        Time.Advance(TimeSpan.FromHours(1));
        await Store.FlushAsync(Cancel);

        Assert.Equal(101, await RowsAsync(kind));
        var rest = Assert.Single(await ReadAsync(kind), entry => RefusalCount.Read(entry.Detail) is not null);
        Assert.Equal(
            ($"{kind}: 50 more in this hour", account, (string?)null),
            (rest.Detail, rest.AccountId, rest.ClientId)
        );
    }

    [Fact]
    public async Task What_was_counted_is_written_at_an_orderly_stop()
    {
        var (kind, account) = ($"Kind{NewId()}", NewId());
        var ending = Database.Open();
        for (var i = 0; i < 103; i++)
        {
            await ending.Audit.AppendRefusalAsync(Refusal(kind, "192.0.2.1"), Cancel);
            await ending.Audit.AppendRefusalAsync(Refusal(kind, "192.0.2.1") with { AccountId = account }, Cancel);
        }

        await ending.DisposeAsync();

        Assert.Equal(
            [$"{kind}: 102 more in this minute", $"{kind}: 3 more in this hour"],
            (await ReadAsync(kind))
                .Select(entry => entry.Detail!)
                .Where(detail => detail != kind)
                .Order(StringComparer.Ordinal)
        );
    }

    private Task RefuseAsync(AuditEntry entry) => Store.Audit.AppendRefusalAsync(entry, Cancel);

    private AuditEntry Refusal(string kind, string network) =>
        Entry(AuditEvent.LoginFailed) with
        {
            AccountId = null,
            At = Time.Now,
            Caller = new Caller(network, "an agent"),
            Refused = RefusalCode.InvalidCredentials,
            Detail = kind,
        };

    private async Task<IReadOnlyList<AuditEntry>> ReadAsync(string kind) =>
        [
            .. (
                await Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.LoginFailed, Limit = 10_000 }, Cancel)
            ).Where(entry => entry.Detail!.StartsWith(kind, StringComparison.Ordinal)),
        ];

    private Task<long> RowsAsync(string kind) =>
        Database.NumberAsync($"SELECT COUNT(*) FROM audit WHERE detail LIKE '{kind}%'");
}

public sealed class Refusals_on_SQLite(SqliteDatabase database) : RefusalTests(database), IClassFixture<SqliteDatabase>;

public sealed class Refusals_on_PostgreSQL(PostgresDatabase database)
    : RefusalTests(database),
        IClassFixture<PostgresDatabase>;
