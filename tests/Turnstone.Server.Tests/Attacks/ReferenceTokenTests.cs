using System.Net;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Reference;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>Whoever asks for tokens of the reference without end makes neither sessions nor rows without end.</summary>
public sealed class ReferenceTokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_has_one_session_and_sixty_an_hour()
    {
        await using var server = await ReferenceTests.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        string? last = null;
        for (var i = 0; i < 60; i++)
        {
            using var given = await AskAsync(visitor);
            Assert.Equal(HttpStatusCode.Created, given.StatusCode);
            last = (await given.JsonAsync()).GetProperty("refresh").GetProperty("token").GetString();
        }

        using var refused = await AskAsync(visitor);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);

        var account = await server.IdAsync(Known.Email);
        Assert.Single(await server.Of<ISessionStore>().ListAsync(SessionHolder.Account(account), 100, Cancel));
        using var refresh = await server.Http.RefreshV1Async(last!);
        Assert.Equal(HttpStatusCode.Created, refresh.StatusCode);
    }

    [Fact]
    public async Task Of_the_readers_other_sessions_none_ends()
    {
        await using var server = await ReferenceTests.StartAsync();
        var own = await server.GivenSessionAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var first = await AskAsync(visitor);
        using var second = await AskAsync(visitor);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.True(await server.LivesAsync(own));
    }

    private static async Task<HttpResponseMessage> AskAsync(Visitor visitor)
    {
        using var ask = await ReferenceTests.AskAsync(visitor);
        return await visitor.Http.SendAsync(ask, Cancel);
    }
}
