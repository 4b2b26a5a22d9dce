using System.Text.RegularExpressions;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Grants;

/// <summary>
/// Who may do what a request for tokens ends with, read off the sources: the pipeline cannot be gone round, and what
/// happened is recorded in one place.
/// </summary>
public sealed class OnePipelineTests
{
    [Theory]
    [InlineData(@"\bsessions\.OpenAsync\(", "ProofCommit", "Reopening", "SessionRevocation")]
    [InlineData(@"\bsessions\.RotateAsync\(", "ProofCommit")]
    [InlineData(@"\bTokenIssuer issuer\b", "ProofCommit")]
    [InlineData(@"\bAccessTokenWriter writer\b", "TokenIssuer")]
    [InlineData(@"\bProofCommit commit\b", "TokenPipeline")]
    [InlineData(@"\.ProveAsync\(attempt,", "TokenPipeline")]
    [InlineData(@"\busage\.Count\(", "AttemptRecord")]
    [InlineData(@"\bmeter\.(Granted|Refused|Refreshed|Repeated)\(", "AttemptRecord")]
    [InlineData(@"receipt\.Oldest\b", "ProofCommit")]
    public void One_place_does_it(string pattern, params string[] files) =>
        Assert.Equal(
            files,
            Sources("src/Turnstone", "src/Turnstone.Service", "src/Turnstone.Server")
                .Where(file => Regex.IsMatch(File.ReadAllText(file), pattern))
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Order()
        );

    [Fact]
    public void Of_the_grants_files_one_makes_audit_entries() =>
        Assert.Equal(
            ["AttemptEntries"],
            Sources("src/Turnstone/Grants")
                .Where(file => Regex.IsMatch(File.ReadAllText(file), @"\bEvent = "))
                .Select(file => Path.GetFileNameWithoutExtension(file))
        );

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders
            .SelectMany(folder =>
                System.IO.Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder),
                    "*.cs",
                    SearchOption.AllDirectories
                )
            )
            .Where(file =>
                !file.Contains(
                    $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                    StringComparison.Ordinal
                )
            );
}
