using System.Net;
using Turnstone.Client;
using Turnstone.Clients.Tests.Stores;

namespace Turnstone.Clients.Tests;

/// <summary>What is sent once more after a 401: a body up to a bound, and none whose length nobody knows.</summary>
public sealed class RepeatedBodiesTests
{
    private const int Bound = 64;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(Bound, true, true)]
    [InlineData(Bound + 1, true, false)]
    [InlineData(Bound, false, false)]
    public async Task A_body_is_sent_once_more_up_to_the_bound(int length, bool known, bool again)
    {
        var options = new SessionOptions
        {
            Server = new Uri("http://tokens.example.test"),
            Contract = Client.Contract.AuthV2,
            Handler = new CountingServer(),
        };
        options.Credentials["username"] = options.Credentials["password"] = "ada";
        options.Credentials["subscription_key"] = "key";
        using var session = new TurnstoneSession(options);
        using var api = new Api();
        using var http = new HttpClient(new TokenHandler(session, api) { LongestRepeatedBody = Bound });
        var body = Enumerable.Range(0, length).Select(at => (byte)at).ToArray();
        using var content = new StreamContent(known ? new MemoryStream(body) : new Lengthless(body));

        using var answer = await http.PostAsync(new Uri("http://api.example.test"), content, Cancel);

        Assert.Equal(again ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(again ? ["Bearer access-0", "Bearer access-1"] : ["Bearer access-0"], api.Tokens);
        Assert.All(api.Bodies, heard => Assert.Equal(body, heard));
    }

    /// <summary>Refuses the first token.</summary>
    private sealed class Api : HttpMessageHandler
    {
        public List<string> Tokens { get; } = [];

        public List<byte[]> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Tokens.Add($"{request.Headers.Authorization}");
            Bodies.Add(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            return new HttpResponseMessage(Tokens.Count == 1 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
        }
    }

    /// <summary>A stream that does not tell its length.</summary>
    private sealed class Lengthless(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
