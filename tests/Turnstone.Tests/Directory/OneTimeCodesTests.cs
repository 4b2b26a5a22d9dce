using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tests.Credentials;

namespace Turnstone.Tests.Directory;

public sealed class OneTimeCodesTests : CredentialTest
{
    private readonly StoreSpy<ICodeStore> store;

    public OneTimeCodesTests() => store = new(Store.Codes);

    private OneTimeCodes Codes => new(store.Store, Keys, Random, Time);

    [Fact]
    public async Task A_code_is_found_with_all_it_was_ordered_for_and_is_stored_as_a_hash()
    {
        var account = NewAccount.For("ada@example.test", Random, Time.Now);
        var order = new CodeOrder
        {
            Contract = "auth",
            Account = account,
            ClientId = "shop",
            RedirectUri = "http://127.0.0.1/cb",
            Challenge = PkceTests.Challenge,
            Scopes = ReadScope,
        };

        var text = await Codes.MintAsync(order, TimeSpan.FromSeconds(60), Caller, Cancel);
        var code = await Codes.FindAsync(text, Cancel);

        Assert.NotNull(code);
        Assert.Equal(
            (
                "auth",
                account.Id,
                account.Epoch,
                "shop",
                "http://127.0.0.1/cb",
                PkceTests.Challenge,
                ReadScope,
                Time.Now.AddSeconds(60)
            ),
            (
                code.Contract,
                code.AccountId,
                code.AccountEpoch,
                code.ClientId,
                code.RedirectUri,
                code.Challenge,
                code.Scopes,
                code.ExpiresAt
            )
        );
        Assert.DoesNotContain(text, $"{code} {store.Audit[0]}", StringComparison.Ordinal);
        Assert.Equal(AuditEvent.CodeMinted, store.Audit[0].Event);
    }

    [Fact]
    public async Task What_cannot_be_a_code_is_not_looked_up()
    {
        foreach (
            var text in new[]
            {
                null,
                "",
                "abc",
                new string('x', 5000),
                CodeText.Mint(Random) + "x",
                ApiKeyText.Mint(Random),
            }
        )
        {
            Assert.Null(await Codes.FindAsync(text, Cancel));
        }

        Assert.Equal(0, store.Lookups);
        Assert.Null(await Codes.FindAsync(CodeText.Mint(Random), Cancel));
        Assert.Equal(1, store.Lookups);
    }

    [Fact]
    public async Task A_challenge_that_is_none_is_a_mistake_of_ours() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Codes.MintAsync(
                new CodeOrder
                {
                    Contract = "auth",
                    Account = NewAccount.For("ada@example.test", Random, Time.Now),
                    Challenge = "plain",
                },
                TimeSpan.FromSeconds(60),
                Caller,
                Cancel
            )
        );
}
