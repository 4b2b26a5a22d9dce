using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Clients.Tests;

/// <summary>The fault proof does not take the half of an answer for an answer, nor a fall for a kill.</summary>
public sealed class HalfAnswerTests : IDisposable
{
    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("turnstone-half-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("{\"token\":\"abc")]
    [InlineData("{\"token\":\"abc\",\"events\":[]}")]
    public async Task A_killed_process_has_said_nothing_until_its_line_has_ended(string half)
    {
        var written = Path.Combine(folder.FullName, "written");
        using var process = await StartAsync($"printf '%s' '{half}'; : > '{written}'; read -r wait");
        await process.TellAsync(new JsonObject { ["do"] = "refresh" }, TestContext.Current.CancellationToken);
        await Until.HoldsAsync(() => File.Exists(written), TimeSpan.FromMinutes(2), "half of the answer is written");

        process.Kill();

        var ended = await Assert.ThrowsAsync<ProcessEndedException>(process.AnswerAsync);
        Assert.True(ended.Killed);
        Assert.Equal(half, ended.Torn);
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("kill -KILL $$")]
    public async Task A_process_that_fell_over_was_not_killed(string fall)
    {
        using var process = await StartAsync($"printf '{{\"to'; echo why >&2; {fall}");
        await process.TellAsync(new JsonObject { ["do"] = "refresh" }, TestContext.Current.CancellationToken);

        var ended = await Assert.ThrowsAsync<ProcessEndedException>(process.AnswerAsync);
        Assert.False(ended.Killed);
        Assert.Equal("{\"to", ended.Torn);
        Assert.Contains("why", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_several_reads_is_one_answer()
    {
        using var process = await StartAsync(
            "printf '{\"token\":'; sleep 0; printf '\"a\",\"events\":[\"b\"]}\\n'; read -r wait"
        );
        await process.TellAsync(new JsonObject { ["do"] = "refresh" }, TestContext.Current.CancellationToken);

        Assert.Equal("a", (string?)(await process.AnswerAsync())["token"]);
        Assert.Equal(["b"], process.Events);
    }

    // The first line says which session, the second what is asked.
    private Task<ClientProcess> StartAsync(string script) =>
        ClientProcess.StartAsync(
            new ClientProgram("sh", "/bin/sh", "-c", $"read -r settings; read -r command; {script}"),
            new ClientSettings(
                new Uri("http://127.0.0.1:9"),
                "/auth/v2",
                new Dictionary<string, string>(),
                folder.FullName
            )
        );
}
