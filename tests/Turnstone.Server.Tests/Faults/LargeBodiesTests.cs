using System.Net;
using System.Net.Http.Headers;

namespace Turnstone.Server.Tests.Faults;

/// <summary>A body whose length nobody said runs into the server's own bound at a moment of its own: what is said of it is the same each time.</summary>
public sealed class LargeBodiesTests
{
    [Theory]
    [InlineData("/v3/auth/login", "application/json")]
    [InlineData("/oauth2/token", "application/x-www-form-urlencoded")]
    public async Task A_large_body_of_unknown_length_is_too_large_each_time(string path, string mediaType)
    {
        await using var server = await TurnstoneServer.StartAsync(Contracts.MapAll);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[66 * 1024]) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
            request.Headers.TransferEncodingChunked = true;
            try
            {
                using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
                statuses.Add(answer.StatusCode);
            }
            catch (HttpRequestException)
            {
                // The connection is closed on what is still being sent, now and then before the answer was read.
            }
        }

        Assert.NotEmpty(statuses);
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status));
    }
}
