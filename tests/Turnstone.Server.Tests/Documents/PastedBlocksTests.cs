using System.Net;
using System.Text.RegularExpressions;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Documents;

/// <summary>
/// Every shell block of the documents and guides does what it says when it is pasted as it stands there.
/// </summary>
public sealed class PastedBlocksTests(FirstStart first) : IClassFixture<FirstStart>
{
    public static TheoryData<string> Documents => new(ShellBlocks.Pasted.Select(block => block.Document).Distinct());

    [Fact]
    public void The_blocks_that_are_left_out_are_there() => Assert.Empty(ShellBlocks.Stale);

    [Fact]
    public void Each_block_that_is_left_out_has_a_test_of_its_own() =>
        Assert.All(
            ShellBlocks.Tests,
            name => Assert.Contains(typeof(ShellBlocks).Assembly.GetTypes(), type => type.Name == name)
        );

    [Fact]
    public void No_block_is_overlooked_because_of_how_it_is_written() => Assert.Empty(ShellBlocks.Overlooked);

    [Fact]
    public void A_guide_has_no_block_beside_its_samples() =>
        Assert.DoesNotContain(
            System.IO.Directory.GetFiles(
                Path.Combine(Testing.Repository.Root, "src/Turnstone.Server/Portal/Guides/Texts")
            ),
            file => Regex.IsMatch(File.ReadAllText(file), "<pre|<copy")
        );

    /// <summary>The blocks of a document belong together: what one sets the next ones use.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public async Task A_document_can_be_pasted(string document)
    {
        var blocks = ShellBlocks.Pasted.Where(block => block.Document == document).Select(block => block.Text);

        var pasted = await first.PasteAsync(string.Join('\n', blocks));

        Assert.True(pasted.ExitCode == 0, $"{document}:\n{pasted.Output}\n{pasted.Error}");
    }

    [Fact]
    public async Task The_refresh_of_the_README_is_answered_twice_alike()
    {
        var blocks = ShellBlocks
            .Pasted.Where(block => block.Document == "README.md")
            .Select(block => block.Text)
            .ToList();
        var login = blocks.Single(text => text.StartsWith("# /auth/v2", StringComparison.Ordinal)).Split("\n\n")[0];
        var refresh = blocks.Single(text => text.StartsWith("REFRESH_TOKEN", StringComparison.Ordinal));

        var pasted = await first.PasteAsync($"{login} >/dev/null\n{refresh}");

        var successors = pasted.Output.Trim().Split('\n');
        Assert.Equal(2, successors.Length);
        Assert.Single(successors.Distinct());
    }

    [Fact]
    public async Task Each_sample_of_a_guide_can_be_pasted_after_the_lines_above_it()
    {
        using var visitor = new Visitor(first.Address);
        using var signedIn = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", "demo@example.test"),
            ("Password", first.Secret("PASSWORD"))
        );
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        var ofCurl = Sample.All.Select(sample => sample.Text(SampleLanguage.Curl)).ToHashSet(StringComparer.Ordinal);
        HashSet<string> pasted = [];
        foreach (var guide in Guide.All.Where(guide => guide.Path != ProtectGuide))
        {
            using var page = await visitor.GetAsync(guide.Path);
            var blocks = Form.Copied(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            foreach (var (lines, i) in blocks.Select((block, i) => (block, i)).Where(one => IsSetting(one.block)))
            {
                var sample = blocks.Skip(i + 1).TakeWhile(block => !IsSetting(block)).First(ofCurl.Contains);
                var run = await first.PasteAsync($"{lines}\n{sample}", Typed(lines));
                Assert.True(run.ExitCode == 0, $"{guide.Path}:\n{lines}\n{sample}\n{run.Output}\n{run.Error}");
                Assert.Contains("individuals", run.Output, StringComparison.Ordinal);
                pasted.Add(sample);
            }
        }

        Assert.Superset(ofCurl, pasted);
    }

    // Its samples are APIs: ProtectTests runs them.
    private const string ProtectGuide = "/portal/guides/protect-your-api";

    private static bool IsSetting(string block) =>
        block.StartsWith($"export {SampleVariables.Url}=", StringComparison.Ordinal);

    /// <summary>What a reader types where the lines ask.</summary>
    private string Typed(string lines) =>
        string.Join(
            '\n',
            lines
                .Split('\n')
                .Where(line => line.StartsWith("read ", StringComparison.Ordinal))
                .Select(line =>
                    line.Split("export ")[1] switch
                    {
                        SampleVariables.Password => first.Secret("PASSWORD"),
                        SampleVariables.SubscriptionKey => first.Secret("KEY"),
                        SampleVariables.ApiKey => first.Secret("API_KEY"),
                        SampleVariables.ClientSecret => first.Secret("SECRET"),
                        var other => throw new InvalidOperationException($"Nobody knows {other}."),
                    }
                )
        );
}
