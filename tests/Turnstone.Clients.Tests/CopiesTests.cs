using System.Text.Json.Nodes;

namespace Turnstone.Clients.Tests;

/// <summary>The contracts are one file; two clients carry a copy of it.</summary>
public sealed class CopiesTests
{
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
