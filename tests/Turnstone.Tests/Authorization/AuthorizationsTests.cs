using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Directory.Metadata;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
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

    private readonly StoreSpy<ICodeStore> codes;

    public AuthorizationsTests() => codes = new(Store.Codes);

    private Authorizations Authorizations => With(new RequestLimitSettings());

    [Fact]
    public async Task What_is_given_is_added_to_what_was_given_as_far_as_the_client_may_still_have_it()
    {
        var ada = await CustomerAsync();
        await Authorizations.GiveAsync(Request("openid profile"), ada, Caller, Cancel);
        var fewer = Shop with { Scopes = Scopes.Of(["openid", "email"]) };

        await Authorizations.GiveAsync(Request("email") with { Client = fewer }, ada, Caller, Cancel);

        var consent = Assert.Single(await Store.Consents.ListAsync(ada.Id, Cancel));
        Assert.Equal(["openid", "email"], consent.Scopes.Names);
        Assert.True(await Authorizations.RemembersAsync(Request("email openid"), ada, Cancel));
        Assert.False(await Authorizations.RemembersAsync(Request("profile"), ada, Cancel));
    }

    [Fact]
    public async Task A_code_that_comes_a_moment_after_the_consent_was_taken_back_goes_to_nobody()
    {
        var ada = await CustomerAsync();
        await Authorizations.GiveAsync(Request("email"), ada, Caller, Cancel);
        Assert.True((await Store.Consents.WithdrawAsync(ada.Id, Shop.Id, Entry, Cancel)).IsCommitted);

        Assert.False(
            (await Authorizations.CodeAsync(Request("email"), ada, signedIn: null, Caller, Cancel)).Granted(
                out _,
                out var refusal
            )
        );

        Assert.Equal(Refusals.ConsentWithdrawn, refusal);
    }

    [Fact]
    public async Task Nobody_fills_the_store_with_codes()
    {
        var ada = await CustomerAsync();
        await Authorizations.GiveAsync(Request("email"), ada, Caller, Cancel);
        var authorizations = With(new() { PerCredential = new(1, TimeSpan.FromMinutes(1)) });

        Assert.True(
            (await authorizations.CodeAsync(Request("email"), ada, signedIn: null, Caller, Cancel)).Granted(
                out _,
                out _
            )
        );
        Assert.False(
            (await authorizations.CodeAsync(Request("email"), ada, signedIn: null, Caller, Cancel)).Granted(
                out _,
                out var refusal
            )
        );

        Assert.Equal((RefusalCode.TooManyAttempts, 1), (refusal!.Code, codes.Audit.Count));
    }

    private Authorizations With(RequestLimitSettings limits) =>
        new(
            Store.Consents,
            new OneTimeCodes(codes.Store, Keys, Random, Time),
            new MetadataClients(null!, null!, null!, null!, null!, null!, Time),
            new RequestLimits(limits, Random, Time),
            Time
        );

    private async Task<Account> CustomerAsync() => (await Store.Accounts.FindAsync(Ada, Cancel))!;

    private static AuthorizationRequest Request(string scopes) =>
        new()
        {
            Client = Shop,
            ReplyTo = new ReplyAddress("https://shop.example.test/", true, null),
            Rules = new AuthorizationRules("oauth2", TimeSpan.FromSeconds(60)),
            Scopes = Scopes.Of(scopes.Split(' ')),
            TokenTypes = [],
        };
}
