using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Directory;

public sealed class OwnApplicationsTests : CredentialTest
{
    private static readonly ApplicationDraft Shop = new()
    {
        Name = "Shop",
        RedirectUris = ["https://shop.example.test/callback"],
        GrantTypes = ["authorization_code", "refresh_token"],
        Scopes = ["openid", "individuals.read"],
        TokenTypes = ["user"],
    };

    private readonly StoreSpy<IClientStore> store;

    public OwnApplicationsTests() => store = new(Store.Clients);

    private OwnApplications Applications =>
        new(
            store.Store,
            new Clients(store.Store, Keys, Random, Time),
            new ApplicationRules(Scopes.Of(["openid", "individuals.read"])),
            Random,
            Time
        );

    [Fact]
    public async Task What_a_customer_makes_is_his_and_has_a_secret_once()
    {
        var made = (await Applications.CreateAsync(Ada, isPublic: false, Shop, Caller, Cancel)).Made!;

        Assert.True(ClientSecretText.ChecksumHolds(made.Secret));
        Assert.Equal(Ada, made.Client.OwnerId);
        Assert.Equal(made.Client.Id, (await Applications.FindAsync(Ada, made.Client.Id, Cancel))?.Id);
        Assert.Null((await Applications.CreateAsync(Ada, isPublic: true, Shop, Caller, Cancel)).Made!.Secret);
    }

    [Fact]
    public async Task Another_accounts_application_is_answered_like_none()
    {
        var id = await GivenAsync();
        var secret = OwnApplications.IdOf((await Store.Clients.FindAsync(id, Cancel))!.Secrets[0]);

        Assert.Null(await Applications.FindAsync(Bob, id, Cancel));
        Assert.Null(await Applications.ChangeAsync(Bob, id, 1, Shop with { Name = "Bob's" }, Caller, Cancel));
        Assert.Null(await Applications.AddSecretAsync(Bob, id, Caller, Cancel));
        Assert.Null(await Applications.RemoveSecretAsync(Bob, id, secret, Caller, Cancel));
        Assert.Null(await Applications.EndAsync(Bob, id, Caller, Cancel));
        Assert.Empty(await Applications.ListAsync(Bob, Cancel));
        Assert.Null(await Applications.FindAsync(Ada, "nobody", Cancel));
        Assert.Equal(1, (await Store.Clients.FindAsync(id, Cancel))!.Revision);
    }

    [Fact]
    public async Task What_its_owner_chooses_leaves_it_in_its_profile()
    {
        var id = await GivenAsync();
        var known = (await Store.Clients.FindAsync(id, Cancel))!;
        var entry = new AuditEntry
        {
            Event = AuditEvent.ClientChanged,
            At = Time.GetUtcNow(),
            Caller = Caller,
        };
        await Store.Clients.SaveAsync(known with { Profile = ClientProfile.Fapi2 }, entry, Cancel);

        foreach (
            var (part, draft) in new[]
            {
                (ApplicationPart.Algorithm, Shop with { Algorithm = SigningAlgorithm.RS256 }),
                (ApplicationPart.GrantTypes, Shop with { GrantTypes = [ApplicationRules.DeviceCode] }),
            }
        )
        {
            var refused = (await Applications.ChangeAsync(Ada, id, 2, draft, Caller, Cancel))!;
            var problem = Assert.Single(refused.Problems);
            Assert.Equal((part, ApplicationFlaw.NotOffered), (problem.Part, problem.Flaw));
        }

        Assert.Equal(
            [SigningAlgorithm.ES256],
            ApplicationRules.AlgorithmsFor(await Store.Clients.FindAsync(id, Cancel))
        );
        Assert.Contains(SigningAlgorithm.RS256, ApplicationRules.AlgorithmsFor(null));
    }

    [Fact]
    public async Task A_stale_change_is_refused_and_changes_nothing()
    {
        var id = await GivenAsync();
        Assert.Empty(
            (await Applications.ChangeAsync(Ada, id, 1, Shop with { Name = "First" }, Caller, Cancel))!.Problems
        );

        var second = (await Applications.ChangeAsync(Ada, id, 1, Shop with { Name = "Second" }, Caller, Cancel))!;

        Assert.Equal(ApplicationFlaw.Stale, Assert.Single(second.Problems).Flaw);
        Assert.Equal("First", (await Store.Clients.FindAsync(id, Cancel))?.Name);
        Assert.Equal("name", store.Audit[^1].Detail);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_not_recorded()
    {
        var id = await GivenAsync();
        var before = store.Audit.Count;

        Assert.Empty((await Applications.ChangeAsync(Ada, id, 1, Shop, Caller, Cancel))!.Problems);

        Assert.Equal(before, store.Audit.Count);
    }

    [Fact]
    public async Task A_scope_that_is_not_offered_cannot_be_taken_and_one_that_was_given_can_be_kept()
    {
        var id = await GivenAsync();
        var greedy = Shop with { Scopes = ["openid", "accounts.write"] };
        Assert.Equal(
            [ApplicationFlaw.NotOffered],
            Flaws(await Applications.CreateAsync(Ada, isPublic: false, greedy, Caller, Cancel))
        );
        Assert.Equal(
            [ApplicationFlaw.NotOffered],
            Flaws((await Applications.ChangeAsync(Ada, id, 1, greedy, Caller, Cancel))!)
        );

        var given = (await Store.Clients.FindAsync(id, Cancel))!;
        await Store.Clients.SaveAsync(given with { Scopes = Scopes.Of(["openid", "accounts.write"]) }, Entry, Cancel);

        Assert.Empty(
            (await Applications.ChangeAsync(Ada, id, 2, greedy with { Name = "Kept" }, Caller, Cancel))!.Problems
        );
        Assert.Empty((await Applications.ChangeAsync(Ada, id, 3, Shop, Caller, Cancel))!.Problems);
        Assert.Equal(
            [ApplicationFlaw.NotOffered],
            Flaws((await Applications.ChangeAsync(Ada, id, 4, greedy, Caller, Cancel))!)
        );
    }

    [Fact]
    public async Task Each_part_that_cannot_be_so_is_named()
    {
        (ApplicationDraft Draft, ApplicationPart Part, ApplicationFlaw Flaw)[] wrong =
        [
            (Shop with { Name = " " }, ApplicationPart.Name, ApplicationFlaw.NotAName),
            (Shop with { Name = new string('x', 101) }, ApplicationPart.Name, ApplicationFlaw.NotAName),
            (Shop with { Name = "Shop\0" }, ApplicationPart.Name, ApplicationFlaw.NotAName),
            (Shop with { Name = "Shop\u202Egro.elpmaxe" }, ApplicationPart.Name, ApplicationFlaw.NotAName),
            (Shop with { Name = "Sho\u200Bp" }, ApplicationPart.Name, ApplicationFlaw.NotAName),
            (Shop with { Name = "\u061CShop" }, ApplicationPart.Name, ApplicationFlaw.NotAName),
            (
                Shop with
                {
                    RedirectUris = ["http://shop.example.test"],
                },
                ApplicationPart.RedirectUris,
                ApplicationFlaw.RedirectUri
            ),
            (Shop with { RedirectUris = [] }, ApplicationPart.RedirectUris, ApplicationFlaw.NoRedirectUri),
            (
                Shop with
                {
                    RedirectUris = [.. Enumerable.Range(0, 21).Select(i => $"https://shop.example.test/{i}")],
                },
                ApplicationPart.RedirectUris,
                ApplicationFlaw.TooManyRedirectUris
            ),
            (Shop with { GrantTypes = [] }, ApplicationPart.GrantTypes, ApplicationFlaw.NoGrantType),
            (
                Shop with
                {
                    GrantTypes = ["password", "authorization_code"],
                },
                ApplicationPart.GrantTypes,
                ApplicationFlaw.NotOffered
            ),
            (Shop with { GrantTypes = ["refresh_token"] }, ApplicationPart.GrantTypes, ApplicationFlaw.RefreshAlone),
            (Shop with { Scopes = ["two words"] }, ApplicationPart.Scopes, ApplicationFlaw.NotOffered),
            (Shop with { TokenTypes = ["everything"] }, ApplicationPart.TokenTypes, ApplicationFlaw.NotOffered),
            (Shop with { AccessLifetime = TimeSpan.Zero }, ApplicationPart.AccessLifetime, ApplicationFlaw.OutOfBounds),
            (
                Shop with
                {
                    AccessLifetime = TimeSpan.FromDays(91),
                },
                ApplicationPart.AccessLifetime,
                ApplicationFlaw.OutOfBounds
            ),
            (
                Shop with
                {
                    RefreshLifetime = TimeSpan.FromDays(3651),
                },
                ApplicationPart.RefreshLifetime,
                ApplicationFlaw.OutOfBounds
            ),
            (
                Shop with
                {
                    AccessLifetime = TimeSpan.FromHours(2),
                    RefreshLifetime = TimeSpan.FromHours(1),
                },
                ApplicationPart.RefreshLifetime,
                ApplicationFlaw.ShorterThanAccess
            ),
            (
                Shop with
                {
                    AbsoluteLifetime = TimeSpan.FromSeconds(-1),
                },
                ApplicationPart.AbsoluteLifetime,
                ApplicationFlaw.OutOfBounds
            ),
            (
                Shop with
                {
                    RetryWindow = TimeSpan.FromSeconds(3601),
                },
                ApplicationPart.RetryWindow,
                ApplicationFlaw.OutOfBounds
            ),
            (Shop with { Early = (EarlyRefresh)7 }, ApplicationPart.Early, ApplicationFlaw.NotOffered),
        ];
        foreach (var (draft, part, flaw) in wrong)
        {
            var problem = Assert.Single(
                (await Applications.CreateAsync(Ada, isPublic: false, draft, Caller, Cancel)).Problems
            );
            Assert.Equal((part, flaw), (problem.Part, problem.Flaw));
        }

        var credentials = Shop with { GrantTypes = [.. Shop.GrantTypes, "client_credentials"] };
        Assert.Equal(
            [ApplicationFlaw.PublicCredentials],
            Flaws(await Applications.CreateAsync(Ada, isPublic: true, credentials, Caller, Cancel))
        );
        Assert.Empty(store.Audit);
    }

    [Fact]
    public async Task Two_secrets_live_side_by_side_and_either_can_go()
    {
        var id = await GivenAsync();
        var first = OwnApplications.IdOf((await Store.Clients.FindAsync(id, Cancel))!.Secrets[0]);
        Assert.Null(await Applications.RemoveSecretAsync(Ada, id, first, Caller, Cancel));

        Assert.NotNull((await Applications.AddSecretAsync(Ada, id, Caller, Cancel))?.Secret);
        Assert.Null(await Applications.AddSecretAsync(Ada, id, Caller, Cancel));
        Assert.Null(await Applications.RemoveSecretAsync(Ada, id, "0000000000000000", Caller, Cancel));
        Assert.NotNull(await Applications.RemoveSecretAsync(Ada, id, first, Caller, Cancel));
        Assert.NotEqual(
            first,
            OwnApplications.IdOf(Assert.Single((await Store.Clients.FindAsync(id, Cancel))!.Secrets))
        );
    }

    [Fact]
    public async Task One_that_has_ended_stays_to_be_seen_and_comes_back_for_nobody()
    {
        var id = await GivenAsync();
        Assert.NotNull(await Applications.EndAsync(Ada, id, Caller, Cancel));

        Assert.Null(await Applications.ChangeAsync(Ada, id, 2, Shop, Caller, Cancel));
        Assert.Null(await Applications.AddSecretAsync(Ada, id, Caller, Cancel));
        Assert.Null(await Applications.EndAsync(Ada, id, Caller, Cancel));
        Assert.NotNull(Assert.Single(await Applications.ListAsync(Ada, Cancel)).DisabledAt);
    }

    [Fact]
    public async Task An_account_has_so_many_and_no_more()
    {
        for (var i = 0; i < OwnApplications.Most; i++)
        {
            await GivenAsync();
        }

        Assert.Equal(
            [ApplicationFlaw.TooMany],
            Flaws(await Applications.CreateAsync(Ada, isPublic: false, Shop, Caller, Cancel))
        );
        Assert.Empty((await Applications.CreateAsync(Bob, isPublic: false, Shop, Caller, Cancel)).Problems);
    }

    private async Task<string> GivenAsync() =>
        (await Applications.CreateAsync(Ada, isPublic: false, Shop, Caller, Cancel)).Made!.Client.Id;

    private static IEnumerable<ApplicationFlaw> Flaws(ApplicationResult result) =>
        result.Problems.Select(problem => problem.Flaw);
}
