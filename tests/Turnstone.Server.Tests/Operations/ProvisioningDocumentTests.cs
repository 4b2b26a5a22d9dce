using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>docs/provisioning.md and the schema beside it say what the program reads.</summary>
public sealed partial class ProvisioningDocumentTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Docs => Path.Combine(Repository.Root, "docs");

    [Fact]
    public async Task The_schema_is_the_one_that_follows_from_the_types()
    {
        var file = Path.Combine(Docs, "provisioning.schema.json");
        if (Environment.GetEnvironmentVariable("TURNSTONE_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(file, ProvisioningSchema.Write(), Cancel);
        }

        Assert.Equal(await File.ReadAllTextAsync(file, Cancel), ProvisioningSchema.Write());
    }

    [Fact]
    public void Every_member_is_described_and_is_in_the_example()
    {
        var example = Example();
        var members = Members(JsonNode.Parse(ProvisioningSchema.Write())!).ToList();
        Assert.True(members.Count > 25);
        Assert.All(
            members,
            member =>
            {
                Assert.False(string.IsNullOrEmpty((string?)member.Schema["description"]), member.Name);
                Assert.Contains($"\"{member.Name}\":", example, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task The_example_is_applied_and_applying_it_again_changes_nothing()
    {
        await ServerProcess.InitAsync(folder);
        var file = Path.Combine(folder, "provisioning.json");
        await File.WriteAllTextAsync(file, Example(), Cancel);

        var first = await ServerProcess.RunAsync(folder, null, "apply", file);
        var again = await ServerProcess.RunAsync(folder, null, "apply", file);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains(
            "The shop",
            (await ServerProcess.RunAsync(folder, null, "client", "list")).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("Nothing to do", again.Output, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private static string Example() =>
        JsonBlock().Match(File.ReadAllText(Path.Combine(Docs, "provisioning.md"))).Groups["text"].Value;

    private static IEnumerable<(string Name, JsonNode Schema)> Members(JsonNode schema) =>
        schema["properties"] is JsonObject properties
            ? properties.SelectMany(pair => Members(pair.Value!).Prepend((pair.Key, pair.Value!)))
        : schema["items"] is JsonObject items ? Members(items)
        : [];

    [GeneratedRegex(@"^```json\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
