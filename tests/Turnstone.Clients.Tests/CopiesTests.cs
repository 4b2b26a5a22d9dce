using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Turnstone.Clients.Tests;

/// <summary>What stands in several places because a client depends on nothing says the same in each.</summary>
public sealed class CopiesTests
{
    /// <summary>The server's and the .NET client's, from the first line of the summary on.</summary>
    [Fact]
    public async Task A_flush_to_the_disk_is_the_same_in_the_client_and_in_the_server()
    {
        Assert.Equal(
            await FlushAsync("src/Turnstone/Model/DiskFlush.cs"),
            await FlushAsync("clients/dotnet/Turnstone.Client/Stores/DiskFlush.cs")
        );

        // But for the namespace, who may use it, and a check that public code makes.
        static async Task<string[]> FlushAsync(string file) =>
            [
                .. (
                    await File.ReadAllLinesAsync(
                        Path.Combine(Repository.Root, file),
                        TestContext.Current.CancellationToken
                    )
                )
                    .Where(line => !line.StartsWith("namespace ", StringComparison.Ordinal))
                    .Where(line => !line.Contains("ThrowIfNull", StringComparison.Ordinal))
                    .Select(line => Regex.Replace(line, "^(public|internal) ", "")),
            ];
    }

    private static string Clients => Path.Combine(Repository.Root, "clients");

    [Theory]
    [InlineData("python/turnstone_client/contracts.json")]
    [InlineData("typescript/src/contracts.js")]
    public async Task A_copy_of_the_contracts_says_the_same(string copy)
    {
        var cancel = TestContext.Current.CancellationToken;
        var original = await File.ReadAllTextAsync(Path.Combine(Clients, "contracts.json"), cancel);
        var text = await File.ReadAllTextAsync(Path.Combine(Clients, copy), cancel);
        var json = text[text.IndexOf('{')..(text.LastIndexOf('}') + 1)];
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(original), JsonNode.Parse(json)),
            $"clients/{copy} differs from clients/contracts.json: copy it again."
        );
    }
}
