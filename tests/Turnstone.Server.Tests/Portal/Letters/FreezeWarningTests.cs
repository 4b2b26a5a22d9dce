using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Letters;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.Letters;

public sealed class FreezeWarningTests : IAsyncLifetime
{
    private TurnstoneServer server = null!;
    private Guid ada;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Holdings Keys => server.Services.GetRequiredService<Holdings>();

    private IReadOnlyList<OutboxLetter> Letters =>
        server.Services.GetRequiredService<Turnstone.Server.Mail.Outbox>().Letters;

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        ada = (await Known.AccountAsync(server.Services))!.Id;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_owner_is_written_to_once_from_14_days_before_and_again_before_the_next_freeze()
    {
        var key = (await MakeAsync("nightly <b>job</b>", 30)).Key;
        await RoundAsync();
        Assert.Empty(Letters);
        server.Time.Advance(TimeSpan.FromDays(16) + TimeSpan.FromMinutes(1));
        await RoundAsync();
        await RoundAsync();

        var letter = Assert.Single(Letters).Letter;
        Assert.Equal(Known.Email, letter.To);
        Assert.Contains("“nightly <b>job</b>” freezes at ", letter.Text, StringComparison.Ordinal);
        Assert.Contains("freezes at 2031-06-05 07:08 UTC", letter.Text, StringComparison.Ordinal);
        Assert.Contains("friert ein am 2031-06-05 07:08 UTC", letter.Text, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/portal/api-keys", letter.Text, StringComparison.Ordinal);

        await Keys.RenewAsync(ada, key.Id, Caller.Operator, Cancel);
        server.Time.Advance(TimeSpan.FromDays(50));
        await RoundAsync();
        Assert.Single(Letters);
        server.Time.Advance(TimeSpan.FromDays(40));
        await RoundAsync();
        Assert.Equal(2, Letters.Count(sent => sent.Letter.Text.Contains("nightly", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_letter_names_all_keys_of_an_owner_and_none_of_another()
    {
        await MakeAsync("first", 5);
        await MakeAsync("second", 6);
        await Keys.CreateAsync(
            (await Known.AccountAsync(server.Services, Known.OtherEmail))!.Id,
            "hers",
            Scopes.None,
            TimeSpan.FromDays(5),
            Caller.Operator,
            Cancel
        );

        await RoundAsync();

        Assert.Equal(2, Letters.Count);
        var own = Letters.Single(sent => sent.Letter.To == Known.Email).Letter.Text;
        Assert.Contains("first", own, StringComparison.Ordinal);
        Assert.Contains("second", own, StringComparison.Ordinal);
        Assert.DoesNotContain("hers", own, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_go_their_rounds_at_once_write_one_letter_between_them()
    {
        for (var i = 0; i < 20; i++)
        {
            await MakeAsync($"key {i};", 5);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Node().RoundAsync(Cancel)));

        for (var i = 0; i < 20; i++)
        {
            Assert.Single(Letters, sent => sent.Letter.Text.Contains($"“key {i};”", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task More_keys_than_one_question_gives_are_all_warned_of()
    {
        for (var i = 0; i < 120; i++)
        {
            await MakeAsync($"key {i};", 5);
        }

        await RoundAsync();

        Assert.Equal(120, Letters.Sum(sent => sent.Letter.Text.Split("freezes at").Length - 1));
    }

    [Fact]
    public async Task Keys_that_are_revoked_or_rolled_and_owners_who_are_gone_are_not_written_of()
    {
        var revoked = (await MakeAsync("revoked", 5)).Key;
        await Keys.RevokeAsync(ada, revoked.Id, Caller.Operator, Cancel);
        var rolled = (await MakeAsync("rolled", 5)).Key;
        await Keys.RollAsync(ada, rolled.Id, TimeSpan.FromHours(24), Caller.Operator, Cancel);
        var accounts = server.Services.GetRequiredService<IAccountStore>();
        var grace = (await Known.AccountAsync(server.Services, Known.OtherEmail))!;
        await Keys.CreateAsync(grace.Id, "hers", Scopes.None, TimeSpan.FromDays(5), Caller.Operator, Cancel);
        grace.DisabledAt = server.Time.Now;
        Assert.True((await accounts.SaveAsync(grace, "next", null, Cancel)).IsCommitted);

        await RoundAsync();

        Assert.Empty(Letters);
    }

    private FreezeWarnings Node() =>
        ActivatorUtilities.CreateInstance<FreezeWarnings>(server.Services, NullLogger<FreezeWarnings>.Instance);

    private Task RoundAsync() => server.Services.GetRequiredService<FreezeWarnings>().RoundAsync(Cancel);

    private Task<Directory.MintedApiKey> MakeAsync(string name, int days) =>
        Keys.CreateAsync(ada, name, Scopes.None, TimeSpan.FromDays(days), Caller.Operator, Cancel);
}
