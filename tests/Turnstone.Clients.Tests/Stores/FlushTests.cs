using Turnstone.Chaos.Clients;
using Turnstone.Clients.Tests.Behaviours;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// What a client has stored survives a power cut: strace tells in which order it asks the system.
/// </summary>
public sealed class FlushTests(RealServer server) : TracedTests
{
    private const string Calls = "trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg";

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_key_is_on_the_disk_before_its_request_and_tokens_before_anybody_has_them(string client)
    {
        await Strace.SkipUnlessItMayLookAsync();
        var program = RowRuns.Clients.Single(one => one.Name == client);
        var settings = new ClientSettings(
            server.Address,
            Contract,
            await server.CredentialsAsync(Contract),
            Sessions
        ).Json();

        var steps = await TraceAsync(
            program,
            $"{settings.ToJsonString()}\n{{\"do\":\"token\"}}\n{{\"do\":\"refresh\"}}\n"
        );

        string[] saved = [$"flush {Stored}.new", $"rename {Stored}", $"flush {Sessions}"];
        Assert.Equal(
            [.. saved, "request", .. saved, "answer", .. saved, "request", .. saved, "answer"],
            OneAfterAnother(steps.Where(step => saved.Contains(step) || step is "request" or "answer"))
        );
    }

    // A request that is not answered in time is sent again, with the same key.
    private static IEnumerable<string> OneAfterAnother(IEnumerable<string> steps)
    {
        string? before = null;
        foreach (var step in steps)
        {
            if (step != "request" || before != "request")
            {
                yield return step;
            }

            before = step;
        }
    }

    private async Task<IReadOnlyList<string>> TraceAsync(ClientProgram program, string input)
    {
        var (code, said, error) = await Strace.RunAsync(["-y", "-e", Calls, "-o", TraceFile], program, input);
        Assert.True(code == 0, $"{said} {error}");
        return Trace.Read(await File.ReadAllLinesAsync(TraceFile, Cancel));
    }
}
