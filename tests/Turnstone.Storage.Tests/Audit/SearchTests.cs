using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>
/// What a search of the record asks beyond the account: who acted and why, until when, and page by page.
/// </summary>
public abstract class SearchTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Who_acted_and_why_are_in_the_record_and_searched_by()
    {
        var (account, administrator) = (NewId(), NewId());
        var entry = Entry(AuditEvent.AccountChanged, account) with
        {
            Caller = Caller.ActingAs(administrator, "Asked for by \"phone\",\nticket 7 – ü"),
        };
        await Store.Audit.AppendAsync(entry, Cancel);
        await Store.Audit.AppendAsync(Entry(AuditEvent.AccountChanged, account), Cancel);
        await Store.Audit.AppendAsync(
            Entry(AuditEvent.AccountChanged, account) with
            {
                Caller = Caller.ActingAs(NewId(), "another"),
            },
            Cancel
        );

        var read = Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { ActorId = administrator }, Cancel));

        Assert.Equal(entry, read with { Id = null });
        Assert.Equal(3, (await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel)).Count);
        Assert.Empty(
            await Store.Audit.ReadAsync(new AuditQuery { AccountId = NewId(), ActorId = administrator }, Cancel)
        );
    }

    [Fact]
    public async Task A_key_and_an_address_narrow_what_an_account_has_and_give_nothing_of_another()
    {
        var (account, other, key) = (NewId(), NewId(), NewId());
        var ofKey = Entry(AuditEvent.Login, account) with { ApiKeyId = key, Caller = new Caller("203.0.113.7") };
        await Store.Audit.AppendAsync(ofKey, Cancel);
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, account) with { ApiKeyId = NewId() }, Cancel);
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, other) with { ApiKeyId = key }, Cancel);
        var acted = new Caller("203.0.113.7").ActingAs(NewId(), "asked by phone");
        await Store.Audit.AppendAsync(Entry(AuditEvent.AccountChanged, account) with { Caller = acted }, Cancel);

        foreach (
            var query in new[]
            {
                new AuditQuery { AccountId = account, ApiKeyId = key },
                new AuditQuery { AccountId = account, Network = "203.0.113.7" },
                new AuditQuery
                {
                    AccountId = account,
                    ApiKeyId = key,
                    Network = "203.0.113.7",
                    Events = [AuditEvent.Login],
                },
            }
        )
        {
            var read = Assert.Single(await Store.Audit.ReadAsync(query, Cancel));
            Assert.Equal(ofKey, read with { Id = null });
        }

        Assert.Empty(await Store.Audit.ReadAsync(new AuditQuery { AccountId = account, Network = "203.0" }, Cancel));
    }

    [Fact]
    public async Task An_act_that_changes_something_carries_who_and_why_into_the_same_commit()
    {
        var administrator = NewId();
        var client = await GivenClientAsync();
        var entry = Entry(AuditEvent.ClientChanged) with
        {
            ClientId = client.Id,
            Caller = Caller.ActingAs(administrator, "abuse"),
        };
        await Store.Clients.SaveAsync(client with { DisabledAt = Time.Now }, entry, Cancel);

        var read = Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { ActorId = administrator }, Cancel));
        Assert.Equal((client.Id, "abuse"), (read.ClientId, read.Caller.Reason));
    }

    [Fact]
    public async Task Pages_over_entries_of_one_millisecond_give_each_once_in_the_order_of_the_whole()
    {
        var account = NewId();
        for (var moment = 0; moment < 3; moment++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 25)
                    .Select(i =>
                        Store.Audit.AppendAsync(
                            Entry(AuditEvent.Login, account) with
                            {
                                Detail = $"{moment}-{i}",
                            },
                            Cancel
                        )
                    )
            );
            Time.Advance(TimeSpan.FromMicroseconds(300)); // in the same millisecond, then in the next
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, account) with { Detail = "last" }, Cancel);
        var query = new AuditQuery { AccountId = account, Limit = 7 };
        List<AuditEntry> paged = [];
        for (
            var page = await Store.Audit.ReadAsync(query, Cancel);
            page.Count > 0;
            page = await Store.Audit.ReadAsync(query with { Before = paged[^1].Id }, Cancel)
        )
        {
            Assert.True(page.Count == 7 || paged.Count + page.Count == 76);
            paged.AddRange(page);
        }

        Assert.Equal(await Store.Audit.ReadAsync(query with { Limit = 1000 }, Cancel), paged);
        Assert.Equal(76, paged.Select(entry => entry.Detail).Distinct().Count());
        Assert.Equal("last", paged[0].Detail);
    }

    [Fact]
    public async Task A_search_ends_before_its_end_to_the_microsecond()
    {
        var account = NewId();
        var began = Time.Now;
        for (var i = 0; i < 4; i++)
        {
            await Store.Audit.AppendAsync(Entry(AuditEvent.Login, account) with { Detail = $"{i}" }, Cancel);
            Time.Advance(TimeSpan.FromMicroseconds(1));
        }

        Assert.Equal(
            ["0", "1"],
            await DetailsAsync(new AuditQuery { AccountId = account, Until = began.AddMicroseconds(2) })
        );
        Assert.Equal(
            ["1", "2"],
            await DetailsAsync(
                new AuditQuery
                {
                    AccountId = account,
                    Since = began.AddMicroseconds(1),
                    Until = began.AddMicroseconds(3),
                }
            )
        );
        Assert.Empty(await DetailsAsync(new AuditQuery { AccountId = account, Until = began }));
        Assert.Equal(
            4,
            (await DetailsAsync(new AuditQuery { AccountId = account, Until = DateTimeOffset.MaxValue })).Count()
        );
    }

    private async Task<IEnumerable<string?>> DetailsAsync(AuditQuery query) =>
        (await Store.Audit.ReadAsync(query, Cancel)).Select(entry => entry.Detail).Order();
}

public sealed class Search_on_SQLite(SqliteDatabase database) : SearchTests(database), IClassFixture<SqliteDatabase>;

public sealed class Search_on_PostgreSQL(PostgresDatabase database)
    : SearchTests(database),
        IClassFixture<PostgresDatabase>;
