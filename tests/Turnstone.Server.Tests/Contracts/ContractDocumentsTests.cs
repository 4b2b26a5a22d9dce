using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Tests.Contracts;

public sealed class ContractDocumentsTests
{
    private static readonly Uri Document = new("/openapi/auth-v2.json", UriKind.Relative);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_is_made_once_however_often_it_is_asked_for()
    {
        var made = 0;
        await using var server = await StartAsync(() => Interlocked.Increment(ref made));

        var texts = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => server.Http.GetStringAsync(Document, Cancel))
        );

        Assert.Single(texts.Distinct());
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Who_has_it_is_told_that_it_is_the_same()
    {
        await using var server = await StartAsync(() => 0);
        using var first = await server.Http.GetAsync(Document, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, Document);
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(first.Headers.ETag!.Tag));

        using var again = await server.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task A_document_that_nobody_has_is_not_found()
    {
        await using var server = await StartAsync(() => 0);
        using var answer = await server.Http.GetAsync(new Uri("/openapi/none.json", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static Task<TurnstoneServer> StartAsync(Func<int> made) =>
        TurnstoneServer.StartAsync(
            routes =>
            {
                routes.MapContracts();
                routes.MapContractDocuments();
            },
            services: services =>
                services
                    .AddContractDocuments(AllContracts.List)
                    .Configure<OpenApiOptions>(
                        "auth-v2",
                        options =>
                            options.AddDocumentTransformer(
                                (_, _, _) =>
                                {
                                    made();
                                    return Task.CompletedTask;
                                }
                            )
                    )
        );
}
