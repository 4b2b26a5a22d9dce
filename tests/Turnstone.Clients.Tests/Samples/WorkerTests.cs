using System.Diagnostics;
using System.Text.Json;

namespace Turnstone.Clients.Tests.Samples;

/// <summary>The sample of a background service: it reads, and one that was killed goes on with its session.</summary>
public sealed class WorkerTests(RealServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Program => Path.Combine(Repository.Root, "samples/Worker/bin/Debug/net10.0/Worker");

    [Fact]
    public async Task It_reads_with_a_token_and_goes_on_with_its_session_after_it_was_killed()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-worker-");
        try
        {
            var session = Path.Combine(folder.FullName, "sessions", "individuals.json");
            await RunUntilReadAsync(folder.FullName);
            var first = await IdAsync(session);
            await RunUntilReadAsync(folder.FullName);
            Assert.Equal(first, await IdAsync(session));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(false, "No key.", "--TURNSTONE_KEY", "a-key-in-the-list-of-processes")]
    [InlineData(true, "The key is sent over TLS, or to this machine", "--Server", "http://192.0.2.1")]
    public async Task The_key_is_of_the_environment_and_is_sent_over_TLS(bool set, string said, params string[] words)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-worker-");
        try
        {
            var start = new ProcessStartInfo(Program, words)
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["TURNSTONE_KEY"] = set ? server.ApiKey : null;
            using var worker = Process.Start(start)!;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(90));
            try
            {
                var (output, error) = (
                    worker.StandardOutput.ReadToEndAsync(patience.Token),
                    worker.StandardError.ReadToEndAsync(patience.Token)
                );
                await worker.WaitForExitAsync(patience.Token);
                Assert.NotEqual(0, worker.ExitCode);
                Assert.Contains(said, await error + await output, StringComparison.Ordinal);
            }
            finally
            {
                worker.Kill();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task RunUntilReadAsync(string folder)
    {
        var start = new ProcessStartInfo(Program, ["--Seconds", "1", "--Sessions", "sessions"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["Server"] = server.Address.ToString();
        start.Environment["TURNSTONE_KEY"] = server.ApiKey;
        using var worker = Process.Start(start)!;
        var said = "";
        while (!said.Contains("Read 3 individuals.", StringComparison.Ordinal))
        {
            var line = await worker.StandardOutput.ReadLineAsync(Cancel);
            Assert.True(line is not null, said);
            said += line;
        }

        worker.Kill();
        await worker.WaitForExitAsync(Cancel);
        Assert.DoesNotContain(server.ApiKey, said, StringComparison.Ordinal);
    }

    /// <summary>The id of the stored session, as its access token names it.</summary>
    private static async Task<string?> IdAsync(string file)
    {
        using var state = JsonDocument.Parse(await File.ReadAllTextAsync(file, Cancel));
        var claims = state.RootElement.GetProperty("access").GetString()!.Split('.')[1];
        using var said = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(claims));
        return said.RootElement.GetProperty("sid").GetString();
    }
}
