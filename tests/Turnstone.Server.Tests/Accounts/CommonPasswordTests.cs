using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Accounts;

public sealed class CommonPasswordTests(AccountsFixture accounts) : IClassFixture<AccountsFixture>
{
    [Theory]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("123456789012")]
    [InlineData("1234567890987654321")]
    [InlineData("abababababab")]
    [InlineData("xqvzxqvzxqvz")]
    [InlineData("passwordpassword")]
    [InlineData("Password1234")]
    [InlineData("P@ssw0rd2024!")]
    [InlineData("qwertyuiop123")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("iloveyou2031!")]
    [InlineData("Summer-2031-!!")]
    [InlineData("dragonmonkey12")]
    [InlineData("letmein letmein")]
    [InlineData("Turnstone2031")]
    [InlineData("lovelace-password")]
    [InlineData("ada.lovelace1")]
    [InlineData("ADA.LOVELACE@analytical.example")]
    public async Task What_is_guessed_first_is_refused(string password) => Assert.NotEmpty(await FaultsAsync(password));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("kreide teppich ampel gurke")]
    [InlineData("vK3#pq9!xLm2")]
    [InlineData("the mill stands by a river of oil")]
    [InlineData("ünïcödé wörter öhne ende")]
    public async Task What_is_long_and_nobodys_is_taken(string password) => Assert.Empty(await FaultsAsync(password));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vK3#pq9!xLm")]
    public async Task What_is_too_short_is_refused(string? password) =>
        Assert.Contains("PasswordTooShort", await FaultsAsync(password));

    [Fact]
    public async Task What_is_too_long_is_refused_quickly() =>
        Assert.NotEmpty(await FaultsAsync(new string('x', 100_000)));

    private Task<IReadOnlyList<string>> FaultsAsync(string? password) =>
        accounts.RequestAsync(manager =>
            manager.FaultsOfAsync(
                NewAccount.For("ada.lovelace@analytical.example", RandomSource.System, TimeProvider.System.GetUtcNow()),
                password
            )
        );
}
