using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Guards;
using Turnstone.Server.Own;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>The documents that are checked in are those that the server gives out.</summary>
public sealed class OpenApiDocumentTests
{
    private const StringComparison Plain = StringComparison.Ordinal;

    public static TheoryData<string> Documents => new(AllContracts.List.Documents.Select(document => document.Name));

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task The_document_that_is_checked_in_is_the_one_given_out(string document)
    {
        await using var server = await StartAsync();
        var actual = await server.Http.GetStringAsync(
            new Uri($"/openapi/{document}.json", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Golden.CheckText(
            actual.ReplaceLineEndings("\n") + "\n",
            Path.Combine(Repository.Root, "docs/openapi", $"{document}.json")
        );
    }

    [Fact]
    public void What_serves_every_contract_is_in_a_document_of_its_own()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "docs/openapi", "every-contract.json"))
        );
        Assert.Equal(
            [
                "/forward-auth get",
                "/feed/revocations get",
                "/own/session get",
                "/own/session delete",
                "/own/sessions get",
            ],
            from path in document.RootElement.GetProperty("paths").EnumerateObject()
            from call in path.Value.EnumerateObject()
            select $"{path.Name} {call.Name}"
        );
    }

    [Fact]
    public void No_example_is_of_a_year_before_the_service() =>
        Assert.All(
            System.IO.Directory.GetFiles(Path.Combine(Repository.Root, "docs/openapi")),
            file => Assert.DoesNotMatch("\\b20(0\\d|1\\d|2[0-5])-\\d\\d-\\d\\d", File.ReadAllText(file))
        );

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_header_of_an_answer_says_what_it_means(string document)
    {
        var file = Path.Combine(Repository.Root, "docs/openapi", $"{document}.json");
        var calls = JsonNode.Parse(File.ReadAllText(file))!["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Where(call => call.Value is JsonObject);
        var headers = calls
            .SelectMany(call => call.Value!["responses"]!.AsObject())
            .SelectMany(answer => answer.Value!["headers"]?.AsObject() ?? [])
            .ToList();
        Assert.NotEmpty(headers);
        Assert.All(headers, header => Assert.EndsWith(".", (string?)header.Value!["description"], Plain));
    }

    private static Task<TurnstoneServer> StartAsync() =>
        TurnstoneServer.StartAsync(
            routes =>
            {
                routes.MapForwardAuth();
                routes.MapRevocationFeed();
                routes.MapOwnSessions();
                routes.MapContracts();
                routes.MapContractDocuments();
            },
            services: services => services.AddGuards().AddOwnSessions().AddContractDocuments(AllContracts.List)
        );
}
