using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Server.Tests.Portal.Authorize;
using static Turnstone.Server.Tests.Portal.Logout.BackchannelLogoutTests;

namespace Turnstone.Server.Tests.Portal.Logout;

/// <summary>Notices of ended sessions to a client that does not answer, or does not stop answering.</summary>
public sealed class SlowReceiverTests
{
    [Fact]
    public async Task One_that_never_answers_is_left_after_five_seconds_and_told_again_later()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address);
        receiver.Endless = false;

        await SignOutAsync(server);
        var first = new JsonWebToken(await receiver.NextAsync());
        await GoneAsync(receiver);
        var waiting = await WaitingAsync(server, tries: 1);
        Assert.Equal(server.Time.GetUtcNow() + TimeSpan.FromSeconds(5), waiting.DueAt);

        receiver.Endless = null;
        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(first.Id, new JsonWebToken(await receiver.NextAsync()).Id);
        await AssertNothingWaitsAsync(server);
    }

    /// <summary>However long: here nothing ends by its time.</summary>
    [Fact]
    public async Task Meanwhile_the_others_are_told()
    {
        await using var silent = await NoticeReceiver.StartAsync();
        await using var other = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(silent.Address, longest: TimeSpan.FromDays(1));
        silent.Endless = false;
        await ConsentTests.ChangeAsync(
            server,
            client => client with { BackchannelLogoutUri = other.Address },
            Known.OtherClientId
        );

        await SignOutAsync(server);
        await silent.NextAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var tokens = await server.LetInAsync(visitor, Known.OtherClientId);
        using var signedOut = await visitor.SendAsync("/portal/sign-out", form: null);
        var told = new JsonWebToken(await other.NextAsync());

        Assert.Equal(new JsonWebToken(tokens.IdToken).GetClaim("sid").Value, told.GetClaim("sid").Value);
        Assert.False(silent.Gone.Task.IsCompleted);
    }

    /// <summary>Its status is the answer; nothing else of it is waited for or read (§2.8).</summary>
    [Fact]
    public async Task One_that_never_ends_its_answer_has_been_told()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        await using var server = await ServerAsync(receiver.Address, longest: TimeSpan.FromDays(1));
        receiver.Endless = true;

        await SignOutAsync(server);
        await receiver.NextAsync();

        await GoneAsync(receiver);
        await AssertNothingWaitsAsync(server);
        Assert.Equal(0, receiver.Waiting);
    }

    private static Task GoneAsync(NoticeReceiver receiver) =>
        receiver.Gone.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
}
