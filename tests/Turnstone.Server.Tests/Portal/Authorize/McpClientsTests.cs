using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Documents;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// The official SDKs of the Model Context Protocol, server and clients, with nothing of ours between: an agent finds
/// the service, is let in, and asks for more when a tool needs it.
/// </summary>
public sealed class McpClientsTests : IDisposable
{
    private const string Document = "https://agent.example.test/agent.json";
    private const string Secret = "the secret of an API, long enough";

    private readonly List<RunningProgram> programs = [];
    private readonly string issuer = $"http://127.0.0.1:{PostgresServer.FreePort()}";
    private readonly string resource = $"http://127.0.0.1:{PostgresServer.FreePort()}/mcp";
    private readonly string answers = $"http://127.0.0.1:{PostgresServer.FreePort()}/callback";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("C#", false, null, "2026-07-28")]
    [InlineData("C#", true, null, "2026-07-28")]
    [InlineData("C#", true, "2025-11-25", "2025-11-25")]
    [InlineData("C#", false, "2025-06-18", "2025-06-18")]
    [InlineData("npm", false, null, "2025-11-25")]
    [InlineData("npm", true, null, "2025-11-25")]
    public async Task An_agent_gets_a_token_and_asks_for_more_when_a_tool_needs_it(
        string sdk,
        bool described,
        string? speaks,
        string revision
    )
    {
        await using var foreign = await ForeignServer.StartAsync();
        foreign.Publish("/agent.json", new DocumentOf(answers).Text);
        await using var server = await StartAsync(foreign);
        using var visitor = await Visitor.SignedInAsync(server);
        await Run(Sample("Mcp", $"--Issuer {issuer} --Resource {resource} --Secret '{Secret}'"))
            .LineAsync("Now listening on:");
        var arguments = $"{resource} {answers} '{(described ? Document : "")}' {speaks}";
        var agent = Run(
            sdk == "npm"
                ? $"cd {await Interop.FolderAsync()} && node mcp.mjs {arguments}"
                : Sample("McpAgent", arguments)
        );

        await AllowAsync(
            visitor,
            await agent.LineAsync("open:"),
            described,
            ("choice", "1"),
            ("granted", "notes.read")
        );
        Assert.Equal(revision, await agent.LineAsync("revision:"));
        Assert.Equal("There is no note yet.", await agent.LineAsync("read_note:"));
        agent.Type("Buy milk.");
        await AllowAsync(visitor, await agent.LineAsync("open:"), described);
        Assert.Equal("Written.", await agent.LineAsync("write_note:"));
        Assert.Equal("Buy milk.", await agent.LineAsync("read_note:"));
    }

    public void Dispose() => programs.ForEach(program => program.Dispose());

    private async Task<TurnstoneServer> StartAsync(ForeignServer foreign)
    {
        // The programs read their own clocks.
        var server = await PortalServer.StartAsync(
            [$"urls={issuer}", $"Turnstone:Issuer={issuer}", "Turnstone:Clients:Registration=Open"],
            services =>
                services.AddSingleton<IForeignDocuments>(provider => new Elsewhere(
                    ActivatorUtilities.CreateInstance<ForeignDocuments>(provider),
                    foreign.At("/agent.json")
                )),
            start: TimeProvider.System.GetUtcNow()
        );
        var clients = server.Of<Clients>();
        var notes = new Client
        {
            Id = "notes",
            Name = "Notes",
            CreatedAt = default,
        };
        Assert.NotNull(await clients.CreateAsync(notes, Secret, Caller.Operator, Cancel));
        await KnownApis.AddAsync(
            server,
            KnownApis.Of("notes", resource, "notes.read", "notes.write") with
            {
                Offered = true,
                IntrospectsAs = "notes",
            }
        );
        return server;
    }

    private static async Task AllowAsync(
        Visitor visitor,
        string question,
        bool described,
        params (string Name, string Value)[] part
    )
    {
        Assert.Contains(described ? "agent.example.test" : "client_id=", question, StringComparison.Ordinal);
        var page = await visitor.PageAsync(new Uri(question).PathAndQuery);
        Assert.Contains("May notes.write", page, StringComparison.Ordinal);
        using var allowed = await visitor.SendAsync(
            new Uri(question).PathAndQuery,
            form: null,
            [("decision", "allow"), .. part]
        );
        Assert.Equal(HttpStatusCode.Redirect, allowed.StatusCode);
        using var browser = new HttpClient();
        using var told = await browser.GetAsync(allowed.Headers.Location, Cancel);
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
    }

    private static string Sample(string name, string arguments) =>
        $"dotnet {Repository.Root}/samples/{name}/bin/Debug/net10.0/{name}.dll {arguments}";

    private RunningProgram Run(string text)
    {
        var program = new RunningProgram(text, Path.GetTempPath(), new Dictionary<string, string>());
        programs.Add(program);
        return program;
    }

    private sealed record DocumentOf(string Redirect)
    {
        public string Text =>
            new System.Text.Json.Nodes.JsonObject
            {
                ["client_id"] = Document,
                ["client_name"] = "Sample agent",
                ["redirect_uris"] = new System.Text.Json.Nodes.JsonArray(Redirect),
                ["grant_types"] = new System.Text.Json.Nodes.JsonArray("authorization_code", "refresh_token"),
                ["token_endpoint_auth_method"] = "none",
            }.ToJsonString();
    }

    // The SDKs take https alone for a document; it is published here without.
    private sealed class Elsewhere(ForeignDocuments documents, string address) : IForeignDocuments
    {
        public ValueTask<Fetched<T>> GetAsync<T>(
            string url,
            FetchPayer payer,
            DocumentReader<T> read,
            CancellationToken cancellationToken
        )
            where T : class => documents.GetAsync(url == Document ? address : url, payer, read, cancellationToken);

        public ValueTask<Fetched<T>> RenewAsync<T>(
            Fetched<T> seen,
            FetchPayer payer,
            DocumentReader<T> read,
            CancellationToken cancellationToken
        )
            where T : class => documents.RenewAsync(seen, payer, read, cancellationToken);
    }
}
