using System.Net;
using System.Net.Http.Json;
using Turnstone.Client;

namespace Turnstone.Clients.Tests;

/// <summary>Who waits for the same answer gets it, and an exception of its own.</summary>
public sealed class WaitersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_is_asked_for_once_and_each_waiter_has_an_exception_of_its_own()
    {
        using var server = new RefusingServer();
        var options = new SessionOptions { Server = new Uri("http://tokens.example.test"), Handler = server };
        options.Credentials["api_key"] = "not a key";
        using var session = new TurnstoneSession(options);
        using var leaving = new CancellationTokenSource();
        var left = session.GetAccessTokenAsync(cancellationToken: leaving.Token);
        var waits = Enumerable.Range(0, 8).Select(_ => session.GetAccessTokenAsync(cancellationToken: Cancel)).ToList();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        server.Answer();

        List<SignInRefusedException> reasons = [];
        foreach (var wait in waits)
        {
            reasons.Add(await Assert.ThrowsAsync<SignInRefusedException>(() => wait));
        }

        Assert.Equal(1, server.Requests);
        Assert.Equal(waits.Count, reasons.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.All(reasons, reason => Assert.Equal("invalid_api_key", reason.Code));
        Assert.All(reasons, reason => Assert.NotNull(reason.RetryAfter));
    }

    private sealed class RefusingServer : HttpMessageHandler
    {
        private readonly TaskCompletionSource mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int requests;

        public int Requests => requests;

        public void Answer() => mayAnswer.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Interlocked.Increment(ref requests);
            await mayAnswer.Task.WaitAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.Unauthorized)
            {
                Content = JsonContent.Create(new { code = "invalid_api_key", detail = "No." }),
            };
        }
    }
}
