using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tests.Credentials;
using Turnstone.Tests.Directory;

namespace Turnstone.Tests.Authorization;

public sealed class AuthorizationsTests : CredentialTest
{
    private static readonly Client Shop = new()
    {
        Id = "shop",
        Name = "Shop",
        Scopes = Scopes.Of(["openid", "email", "profile"]),
        CreatedAt = default,
    };

    private readonly ConsentStore consents = new();
    private readonly CodeStore codes = new();

    private Authorizations Authorizations =>
        new(
            consents,
            new OneTimeCodes(codes, Keys, Random, Time),
            new RequestLimits(new RequestLimitSettings(), Random, Time),
            Time
        );

    private Account Customer => NewAccount.For("ada@example.test", Random, Time.Now);

    [Fact]
    public async Task What_is_given_is_added_to_what_was_given_as_far_as_the_client_may_still_have_it()
    {
        var ada = Customer;
        await Authorizations.GiveAsync(Request("openid profile"), ada, Caller, Cancel);
        var fewer = Shop with { Scopes = Scopes.Of(["openid", "email"]) };

        await Authorizations.GiveAsync(Request("email") with { Client = fewer }, ada, Caller, Cancel);

        Assert.Equal(["openid", "email"], consents.Given!.Scopes.Names);
        Assert.True(await Authorizations.RemembersAsync(Request("email openid"), ada, Cancel));
        Assert.False(await Authorizations.RemembersAsync(Request("profile"), ada, Cancel));
    }

    [Fact]
    public async Task A_code_that_comes_a_moment_after_the_consent_was_taken_back_goes_to_nobody()
    {
        var ada = Customer;
        await Authorizations.GiveAsync(Request("email"), ada, Caller, Cancel);
        consents.Given = null;

        Assert.False(
            (await Authorizations.CodeAsync(Request("email"), ada, Caller, Cancel)).Granted(out _, out var refusal)
        );

        Assert.Equal(Refusals.ConsentWithdrawn, refusal);
    }

    [Fact]
    public async Task Nobody_fills_the_store_with_codes()
    {
        var ada = Customer;
        await Authorizations.GiveAsync(Request("email"), ada, Caller, Cancel);
        var authorizations = new Authorizations(
            consents,
            new OneTimeCodes(codes, Keys, Random, Time),
            new RequestLimits(
                new RequestLimitSettings { PerCredential = new(1, TimeSpan.FromMinutes(1)) },
                Random,
                Time
            ),
            Time
        );

        Assert.True((await authorizations.CodeAsync(Request("email"), ada, Caller, Cancel)).Granted(out _, out _));
        Assert.False(
            (await authorizations.CodeAsync(Request("email"), ada, Caller, Cancel)).Granted(out _, out var refusal)
        );

        Assert.Equal((RefusalCode.TooManyAttempts, 1), (refusal!.Code, codes.Audit.Count));
    }

    private static AuthorizationRequest Request(string scopes) =>
        new()
        {
            Client = Shop,
            ReplyTo = new ReplyAddress("https://shop.example.test/", true, null),
            Rules = new AuthorizationRules("oauth2", TimeSpan.FromSeconds(60)),
            Scopes = Scopes.Of(scopes.Split(' ')),
            TokenTypes = [],
        };

    private sealed class ConsentStore : IConsentStore
    {
        public Consent? Given { get; set; }

        public Task<Consent?> FindAsync(
            Guid accountId,
            string clientId,
            string contract,
            CancellationToken cancellationToken
        ) => Task.FromResult(Given);

        public Task<IReadOnlyList<Consent>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Consent>>(Given is null ? [] : [Given]);

        public Task GiveAsync(Consent consent, Scopes keepable, AuditEntry entry, CancellationToken cancellationToken)
        {
            Given = consent with
            {
                Scopes = Scopes.Of((Given?.Scopes.Names ?? []).Where(keepable.Contains).Concat(consent.Scopes.Names)),
            };
            return Task.CompletedTask;
        }

        public Task<Receipt> WithdrawAsync(
            Guid accountId,
            string clientId,
            AuditEntry entry,
            CancellationToken cancellationToken
        ) => Task.FromResult(Receipt.Withdrawn);
    }
}
