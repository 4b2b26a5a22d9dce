using Microsoft.AspNetCore.Builder;
using Turnstone.Server.Contracts.AuthV1;
using Turnstone.Server.Contracts.AuthV2;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Contracts.OAuthV1;
using Turnstone.Server.Contracts.SessionV3;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>The documents that are checked in are those that the server gives out.</summary>
public sealed class OpenApiDocumentTests
{
    [Theory]
    [InlineData(AuthV1OpenApi.Document)]
    [InlineData(AuthV2OpenApi.Document)]
    [InlineData(OAuthV1OpenApi.Document)]
    [InlineData(SessionV3OpenApi.Document)]
    [InlineData(OAuth2OpenApi.Document)]
    public async Task The_document_that_is_checked_in_is_the_one_given_out(string document)
    {
        await using var server = await StartAsync();
        var actual = await server.Http.GetStringAsync(
            new Uri($"/openapi/{document}.json", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Golden.CheckText(
            actual.ReplaceLineEndings("\n") + "\n",
            Path.Combine(Repository(), "docs/openapi", $"{document}.json")
        );
    }

    private static Task<TurnstoneServer> StartAsync() =>
        TurnstoneServer.StartAsync(
            routes =>
            {
                var contracts = TurnstoneServer.Contracts;
                routes.MapAuthV1(contracts.AuthV1.ToTerms("auth"), AuthServer.Succession);
                routes.MapAuthV2(contracts.AuthV2.ToTerms("auth"));
                routes.MapOAuthV1(contracts.OAuthV1.ToTerms(OAuthV1Routes.Family));
                routes.MapSessionV3(contracts.SessionV3.ToTerms(SessionV3Routes.Family));
                routes.MapOAuth2(contracts.OAuth2.ToTerms(OAuth2Routes.Family));
                routes.MapOpenApi("/openapi/{documentName}.json");
            },
            services: services =>
                services
                    .AddAuthV1OpenApi()
                    .AddAuthV2OpenApi()
                    .AddOAuthV1OpenApi()
                    .AddSessionV3OpenApi()
                    .AddOAuth2OpenApi()
        );

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Turnstone.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
