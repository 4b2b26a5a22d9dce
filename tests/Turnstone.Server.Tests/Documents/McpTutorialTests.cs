using System.Net;
using System.Text.RegularExpressions;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Documents;

/// <summary>
/// docs/tutorials/mcp.md, walked: its commands run side by side, on other ports, and what its text says is clicked.
/// </summary>
public sealed partial class McpTutorialTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/tutorials/mcp.md"));

    private readonly string folder = ServerProcess.NewFolder();
    private readonly List<RunningProgram> programs = [];
    private readonly Dictionary<string, string> ports = new[] { "8400", "8401", "8402" }.ToDictionary(
        port => port,
        _ => $"{PostgresServer.FreePort()}"
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_follows_the_page_lets_an_agent_in_sees_it_and_ends_it()
    {
        var blocks = Block().Matches(Page).Select(block => block.Groups["text"].Value).ToList();
        Assert.Equal(3, blocks.Count);
        var api = Path.Combine(folder, "api.json");
        var described = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples/Mcp/api.json"), Cancel);
        await File.WriteAllTextAsync(api, Ours(described), Cancel);

        var service = Run(blocks[0]);
        var password = (await service.LineAsync("PASSWORD=")).Trim('\'');
        var server = Run(blocks[1].Replace("samples/Mcp/api.json", api, StringComparison.Ordinal));
        await server.LineAsync("Now listening on:");
        await RefusedAsync();
        var agent = Run(blocks[2]);

        using var visitor = await VisitorAsync(await agent.LineAsync("open:"), password);
        Assert.Equal("read_note", await agent.LineAsync("tool:"));
        Assert.Equal("There is no note yet.", await agent.LineAsync("read_note:"));
        agent.Type("Buy milk.");
        await AllowAsync(visitor, await agent.LineAsync("open:"));
        Assert.Equal("Written.", await agent.LineAsync("write_note:"));
        Assert.Equal("Buy milk.", await agent.LineAsync("read_note:"));

        var sessions = await visitor.PageAsync("/portal/sessions");
        Assert.Contains("Sample agent", sessions, StringComparison.Ordinal);
        Assert.Contains("Applications with access to your account", sessions, StringComparison.Ordinal);
        using var ended = await visitor.SendAsync(
            "/portal/sessions",
            "/portal/sessions?handler=Withdraw",
            ("clientId", Client().Match(sessions).Groups["id"].Value)
        );
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);

        agent.Type("Buy bread.");
        Assert.StartsWith("http://", await agent.LineAsync("open:"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        programs.ForEach(program => program.Dispose());
        System.IO.Directory.Delete(folder, recursive: true);
    }

    // Without a token it says where to get one.
    private async Task RefusedAsync()
    {
        using var http = new HttpClient();
        using var call = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(Ours("http://127.0.0.1:8401/mcp")), call, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var named = Metadata().Match(answer.Headers.WwwAuthenticate.ToString()).Groups["url"].Value;
        Assert.Equal(Ours("http://127.0.0.1:8401/.well-known/oauth-protected-resource/mcp"), named);
        Assert.Contains(
            Ours("http://127.0.0.1:8400"),
            await http.GetStringAsync(new Uri(named), Cancel),
            StringComparison.Ordinal
        );
    }

    // Signs in where the agent sends its user, and lets it in.
    private static async Task<Visitor> VisitorAsync(string question, string password)
    {
        var visitor = new Visitor(new Uri(new Uri(question).GetLeftPart(UriPartial.Authority)));
        using var away = await visitor.GetAsync(new Uri(question).PathAndQuery);
        using var signedIn = await visitor.SendAsync(
            away.Headers.Location!.OriginalString,
            form: null,
            ("Email", "demo@example.test"),
            ("Password", password)
        );
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        await AllowAsync(visitor, question, ("choice", "1"), ("granted", "notes.read"));
        return visitor;
    }

    // All of it, but where a part is chosen.
    private static async Task AllowAsync(Visitor visitor, string question, params (string Name, string Value)[] part)
    {
        var path = new Uri(question).PathAndQuery;
        var page = WebUtility.HtmlDecode(await visitor.PageAsync(path));
        Assert.Contains("Sample agent", page, StringComparison.Ordinal);
        Assert.Contains("Nobody here has checked who is behind it.", page, StringComparison.Ordinal);
        Assert.Contains("Read your notes", page, StringComparison.Ordinal);
        Assert.Contains("Write notes for you", page, StringComparison.Ordinal);
        using var allowed = await visitor.SendAsync(path, form: null, [("decision", "allow"), .. part]);
        using var browser = new HttpClient();
        var told = await browser.GetStringAsync(allowed.Headers.Location, Cancel);
        Assert.Contains("You can close this page.", told, StringComparison.Ordinal);
    }

    private RunningProgram Run(string text)
    {
        var program = new RunningProgram(
            Ours(text)
                .Replace(
                    "./turnstone",
                    Path.Combine(AppContext.BaseDirectory, "turnstone-server"),
                    StringComparison.Ordinal
                )
                .Replace("samples/", $"{Repository.Root}/samples/", StringComparison.Ordinal),
            folder,
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["Turnstone__Issuer"] = Ours("http://127.0.0.1:8400"),
                ["ASPNETCORE_URLS"] = Ours("http://127.0.0.1:8400"),
            }
        );
        programs.Add(program);
        return program;
    }

    private string Ours(string text) =>
        ports.Aggregate(text, (done, port) => done.Replace(port.Key, port.Value, StringComparison.Ordinal));

    [GeneratedRegex(@"^```sh\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("name=\"clientId\" value=\"(?<id>[^\"]+)\"")]
    private static partial Regex Client();

    [GeneratedRegex("resource_metadata=\"(?<url>[^\"]+)\"")]
    private static partial Regex Metadata();
}
