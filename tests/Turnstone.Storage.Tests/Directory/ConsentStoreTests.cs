using System.Collections.Concurrent;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

public abstract class ConsentStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task What_was_given_for_a_time_does_not_last_longer_by_something_else_that_does()
    {
        var account = (await GivenAccountAsync()).Id;
        var hour = new Consent(account, "shop", "oauth2", Scopes.Of(["email"]), Time.Now)
        {
            EndsAt = Time.Now.AddHours(1),
        };
        var keepable = Scopes.Of(["email", "profile", "openid"]);

        await GiveAsync(hour);
        await GiveAsync(hour with { Scopes = Scopes.Of(["profile"]), EndsAt = Time.Now.AddMinutes(5) });
        Assert.Equal("email profile", (await FoundAsync()).Scopes.ToString());
        await GiveAsync(hour with { Scopes = Scopes.Of(["openid"]), EndsAt = null });

        var found = await FoundAsync();
        Assert.Equal(("openid", null), (found.Scopes.ToString(), found.EndsAt));
        Assert.True(hour.Stands(Time.Now) && !hour.Stands(hour.EndsAt!.Value));

        Task GiveAsync(Consent consent) =>
            Store.Consents.GiveAsync(consent, keepable, Entry(AuditEvent.ConsentGiven), Cancel);
        async Task<Consent> FoundAsync() => (await Store.Consents.FindAsync(account, "shop", "oauth2", Cancel))!;
    }

    [Fact]
    public async Task A_consent_is_found_as_it_was_given_and_only_where_it_was()
    {
        var consent = await GivenConsentAsync(await GivenAccountAsync());

        Assert.Equivalent(consent, await FindAsync(consent), strict: true);
        Assert.Null(await FindAsync(consent with { AccountId = NewId() }));
        Assert.Null(await FindAsync(consent with { ClientId = "other" }));
        Assert.Null(await FindAsync(consent with { Contract = "auth" }));
        Assert.Single(
            await Store.Audit.ReadAsync(
                new AuditQuery { AccountId = consent.AccountId, Event = AuditEvent.ConsentGiven },
                Cancel
            )
        );
    }

    [Fact]
    public async Task A_consent_given_again_keeps_of_the_older_one_what_it_is_told_to()
    {
        var consent = await GivenConsentAsync(await GivenAccountAsync());
        Time.Advance(TimeSpan.FromMinutes(1));
        var wider = consent with { Scopes = Scopes.Of(["individuals.read", "openid"]), GivenAt = Time.Now };
        await Store.Consents.GiveAsync(wider, Scopes.None, Entry(AuditEvent.ConsentGiven), Cancel);

        Assert.Equivalent(
            wider,
            Assert.Single(await Store.Consents.ListAsync(consent.AccountId, Cancel)),
            strict: true
        );

        var other = consent with { Scopes = Scopes.Of(["email"]), GivenAt = Time.Now };
        await Store.Consents.GiveAsync(other, Scopes.Of(["openid", "email"]), Entry(AuditEvent.ConsentGiven), Cancel);
        Assert.Equivalent(
            other with
            {
                Scopes = Scopes.Of(["openid", "email"]),
            },
            await FindAsync(consent),
            strict: true
        );
    }

    [Fact]
    public async Task A_consent_to_many_scopes_is_given_again_and_read_again()
    {
        var many = Scopes.Of(Enumerable.Range(0, 40).Select(i => $"https://api.example/{i:d3}"));
        var more = Scopes.Of(Enumerable.Range(40, 40).Select(i => $"https://api.example/{i:d3}"));
        var consent = new Consent((await GivenAccountAsync()).Id, "shop", "oauth2", many, Time.Now);
        foreach (var scopes in (Scopes[])[many, many, more])
        {
            await Store.Consents.GiveAsync(
                consent with
                {
                    Scopes = scopes,
                },
                many,
                Entry(AuditEvent.ConsentGiven),
                Cancel
            );
        }

        Assert.Equal(Scopes.Of([.. many.Names, .. more.Names]), (await FindAsync(consent))!.Scopes);
    }

    [Fact]
    public async Task Consents_given_side_by_side_are_all_kept_and_what_was_withdrawn_before_does_not_come_back()
    {
        var all = Scopes.Of(Enumerable.Range(0, 16).Select(i => $"scope{i}"));
        await using var other = Database.Open();
        await other.PingAsync(Cancel);
        var consent = await GivenConsentAsync(await GivenAccountAsync());
        await WithdrawAsync(consent.AccountId, consent.ClientId);

        await Task.WhenAll(
            all.Names.Select(
                (name, i) =>
                    Task.Run(() =>
                        (i % 2 == 0 ? Store : other).Consents.GiveAsync(
                            consent with
                            {
                                Scopes = Scopes.Of([name]),
                            },
                            Scopes.Of([.. all.Names, "openid"]),
                            Entry(AuditEvent.ConsentGiven),
                            Cancel
                        )
                    )
            )
        );

        Assert.Equal(
            all.Names.Order(StringComparer.Ordinal),
            (await FindAsync(consent))!.Scopes.Names.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_consents_of_an_account_are_listed_oldest_first()
    {
        var account = await GivenAccountAsync();
        await GivenConsentAsync(await GivenAccountAsync());
        List<Consent> given = [];
        foreach (
            var (client, contract) in (IEnumerable<(string, string)>)
                [("shop", "oauth"), ("shop", "oauth2"), ("bank", "oauth2")]
        )
        {
            given.Add(await GivenConsentAsync(account, client, contract));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equivalent(given, await Store.Consents.ListAsync(account.Id, Cancel), strict: true);
        Assert.Equal(
            given.Select(consent => consent.GivenAt),
            (await Store.Consents.ListAsync(account.Id, Cancel)).Select(consent => consent.GivenAt)
        );
    }

    [Fact]
    public async Task A_withdrawal_ends_what_this_client_holds_for_this_account_and_nothing_else()
    {
        var account = await GivenAccountAsync();
        await GivenConsentAsync(account, "shop", "oauth");
        await GivenConsentAsync(account, "shop", "oauth2");
        var consented = await GivenConsentAsync(account, "bank");
        var neighbour = await GivenConsentAsync(await GivenAccountAsync());
        Session[] ended = [await GivenSessionAsync(account.Id, "shop"), await GivenOnBehalfAsync(account.Id, "shop")];
        Session[] kept =
        [
            await GivenSessionAsync(account.Id, "bank"),
            await GivenSessionAsync(account.Id),
            await GivenSessionAsync(neighbour.AccountId, "shop"),
            await GivenOnBehalfAsync(neighbour.AccountId, "shop"),
            await GivenSessionAsync(client: "shop"),
        ];

        Assert.Equal(2, await WithdrawAsync(account.Id, "shop"));

        foreach (var session in ended)
        {
            Assert.Equal(RevocationReason.ByOwner, (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor);
            Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
        }

        foreach (var session in kept)
        {
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
        }

        Assert.Equal(consented.ClientId, Assert.Single(await Store.Consents.ListAsync(account.Id, Cancel)).ClientId);
        Assert.NotNull(await FindAsync(neighbour));
        Assert.Single(
            await Store.Audit.ReadAsync(
                new AuditQuery { AccountId = account.Id, Event = AuditEvent.ConsentWithdrawn },
                Cancel
            )
        );
    }

    [Fact]
    public async Task A_withdrawal_of_nothing_answers_so_and_leaves_no_entry()
    {
        var account = await GivenAccountAsync();
        await GivenConsentAsync(account);
        await GivenSessionAsync(account.Id, "shop");
        Assert.Equal(1, await WithdrawAsync(account.Id, "shop"));

        Assert.Null(await WithdrawAsync(account.Id, "shop"));
        Assert.Null(await WithdrawAsync(account.Id, "bank"));
        Assert.Null(await WithdrawAsync(NewId(), "shop"));
        Assert.Single(
            await Store.Audit.ReadAsync(
                new AuditQuery { AccountId = account.Id, Event = AuditEvent.ConsentWithdrawn },
                Cancel
            )
        );
    }

    [Fact]
    public async Task A_consent_that_gave_no_session_yet_and_a_session_without_a_consent_can_be_withdrawn()
    {
        var account = await GivenAccountAsync();
        await GivenConsentAsync(account, "shop");
        await GivenSessionAsync(account.Id, "bank");

        Assert.Equal(0, await WithdrawAsync(account.Id, "shop"));
        Assert.Equal(1, await WithdrawAsync(account.Id, "bank"));
    }

    [Fact]
    public async Task A_withdrawal_is_heard_as_a_revocation()
    {
        var account = await GivenAccountAsync();
        await GivenSessionAsync(account.Id, "shop");
        var heard = new ConcurrentQueue<ChangeKind>();
        using var listening = Store.Changes.Subscribe(change => heard.Enqueue(change.Kind));

        await WithdrawAsync(account.Id, "shop");

        Assert.Contains(ChangeKind.Revocations, heard);
    }

    [Fact]
    public async Task A_code_not_yet_used_opens_nothing_after_the_withdrawal_and_other_codes_do()
    {
        var account = await GivenAccountAsync();
        var consent = await GivenConsentAsync(account);
        var withdrawn = await GivenCodeAsync(account, "shop");
        OneTimeCode[] others =
        [
            await GivenCodeAsync(account, "bank"),
            await GivenCodeAsync(account, null),
            await GivenCodeAsync(await GivenAccountAsync(), "shop"),
        ];
        await WithdrawAsync(account.Id, consent.ClientId);

        Assert.False(await ExchangeAsync(withdrawn));
        foreach (var code in others)
        {
            Assert.True(await ExchangeAsync(code));
        }
    }

    [Fact]
    public async Task A_used_code_is_still_known_after_the_withdrawal()
    {
        var account = await GivenAccountAsync();
        var code = await GivenCodeAsync(account, "shop");
        Assert.True(await ExchangeAsync(code));
        Assert.Equal(1, await WithdrawAsync(account.Id, "shop"));

        Assert.NotNull((await Store.Codes.FindAsync([code.Hash], Cancel))!.SessionId);
    }

    private async Task<int?> WithdrawAsync(Guid account, string client)
    {
        var entry = Entry(AuditEvent.ConsentWithdrawn, account) with { ClientId = client };
        var receipt = await Store.Consents.WithdrawAsync(account, client, entry, Cancel);
        return receipt.IsCommitted ? receipt.EndedCount.Number : null;
    }

    private async Task<Consent> GivenConsentAsync(Account account, string client = "shop", string contract = "oauth")
    {
        var consent = new Consent(account.Id, client, contract, Scopes.Of(["openid"]), Time.Now);
        await Store.Consents.GiveAsync(consent, Scopes.None, Entry(AuditEvent.ConsentGiven, account.Id), Cancel);
        return consent;
    }

    private async Task<Session> GivenOnBehalfAsync(Guid account, string client)
    {
        var session = NewSession(account, client) with { Grant = GrantKind.OnBehalf };
        Assert.True((await Store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel)).IsCommitted);
        return session;
    }

    private async Task<bool> ExchangeAsync(OneTimeCode code) =>
        (
            await Store.Sessions.OpenAsync(
                NewSession(code.AccountId, code.ClientId),
                new Preconditions { CodeHash = code.Hash },
                Entry(),
                Cancel
            )
        ).IsCommitted;

    private Task<Consent?> FindAsync(Consent consent) =>
        Store.Consents.FindAsync(consent.AccountId, consent.ClientId, consent.Contract, Cancel);
}

public sealed class Consent_store_on_SQLite(SqliteDatabase database)
    : ConsentStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Consent_store_on_PostgreSQL(PostgresDatabase database)
    : ConsentStoreTests(database),
        IClassFixture<PostgresDatabase>;
