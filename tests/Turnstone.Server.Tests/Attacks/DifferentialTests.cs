using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Turnstone.Grants;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// The same malformed and odd requests to this server and to npm's oidc-provider (tests/interop/differential.mjs):
/// where the answers differ, docs/standards.md says why.
/// </summary>
public sealed partial class DifferentialTests
{
    private static readonly string[] Generous =
    [
        "Turnstone:Limits:RefusalsPerNetwork:Count=100000",
        "Turnstone:Limits:InvalidRequestsPerNetwork:Count=100000",
        "Turnstone:Limits:RequestsPerCredential:Count=100000",
    ];

    [Fact]
    public async Task Whatever_oidc_provider_answers_otherwise_is_explained()
    {
        await using var server = await PortalServer.StartAsync(Generous);
        await ConsentTests.ChangeAsync(server, client => client with { MayIntrospect = true });
        await ConsentTests.ChangeAsync(
            server,
            client => client with { GrantTypes = [.. client.GrantTypes, DeviceCodeGrant.TypeName] },
            Known.PublicClientId
        );

        var answers = await AnswersAsync(server);
        var rows = Rows();

        Assert.True(answers.Count >= 300, $"{answers.Count} requests");
        Assert.DoesNotContain(
            answers,
            one => one.Ours is "TO A STRANGER" or "0" || one.Ours.StartsWith("50", StringComparison.Ordinal)
        );
        var different = answers.FindAll(one => one.Ours != one.Theirs);
        var unexplained = different.FindAll(one => !rows.Exists(row => row.Explains(one)));
        Assert.True(unexplained.Count == 0, $"Not explained:\n{string.Join('\n', unexplained)}");
        Assert.Empty(rows.FindAll(row => !different.Exists(row.Explains)));
    }

    private static async Task<List<Answers>> AnswersAsync(TurnstoneServer server)
    {
        var task = new JsonObject
        {
            ["server"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
            ["client"] = Known.ClientId,
            ["secret"] = Known.ClientSecret,
            ["public"] = Known.PublicClientId,
            ["redirect"] = Known.RedirectUri,
        };
        var folder = await Interop.FolderAsync();
        var text = await Interop.ExecuteAsync(folder, "node", ["differential.mjs"], task.ToJsonString());
        return
        [
            .. JsonNode
                .Parse(text)!
                .AsArray()
                .Select(one => new Answers(
                    (string)one!["name"]!,
                    (string)one["ours"]!,
                    (string)one["theirs"]!
                )),
        ];
    }

    private static List<Row> Rows()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "standards.md"));
        var table = page[page.IndexOf("## Beside oidc-provider", StringComparison.Ordinal)..];
        return
        [
            .. RowText()
                .Matches(table)
                .Select(row => new Row(row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value)),
        ];
    }

    [GeneratedRegex(@"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \| \S.+ \|$", RegexOptions.Multiline)]
    private static partial Regex RowText();

    private sealed record Answers(string Name, string Ours, string Theirs);

    /// <summary>In each, <c>*</c> stands for anything.</summary>
    private sealed record Row(string Name, string Ours, string Theirs)
    {
        public bool Explains(Answers one) =>
            Fits(Name, one.Name) && Fits(Ours, one.Ours) && Fits(Theirs, one.Theirs);

        private static bool Fits(string patterns, string text) =>
            patterns
                .Split(" or ")
                .Select(pattern => Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal))
                .Any(pattern => Regex.IsMatch(text, $"^{pattern}$"));
    }
}
