using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;

namespace Turnstone.Chaos.Proof;

/// <summary>A place in the fleet: a process that refreshes again and again, and its successor.</summary>
internal sealed class Worker(ClientProgram program, ClientSettings settings, Account account) : IDisposable
{
    /// <summary>A client gives up after a minute; on a machine that is very busy it may take several.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(5);

    private const string Token = "{\"token\":";
    private const string Unavailable = "{\"error\":\"ServerUnavailable\"";

    private readonly List<string> died = [];
    private ClientProcess? process;

    public int Kills { get; private set; }

    /// <summary>Answers of killed processes that were half written.</summary>
    public int Torn { get; private set; }

    /// <summary>Answers that told the caller to try later.</summary>
    public int Later { get; private set; }

    /// <summary>What processes said that ended and were not killed, or that never answered.</summary>
    public IReadOnlyList<string> Died => died;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var running = process ??= await ClientProcess.StartAsync(program, settings);
            try
            {
                await running.TellAsync(new JsonObject { ["do"] = "refresh" }, CancellationToken.None);
                Hear(await running.AnswerAsync().WaitAsync(LongestAnswer, CancellationToken.None));
            }
            catch (Exception reason) when (reason is ProcessEndedException or TimeoutException)
            {
                process = null;
                running.Dispose();
                Note(reason);
            }
        }
    }

    public void Kill() => process?.Kill();

    public void Dispose() => process?.Dispose();

    private void Note(Exception reason)
    {
        if (reason is not ProcessEndedException { Killed: true } ended)
        {
            died.Add(reason.Message);
            return;
        }

        Kills++;
        if (ended.Torn.Length > 0)
        {
            Torn++;
            HearHalf(ended.Torn.Replace(" ", "", StringComparison.Ordinal));
        }
    }

    // The half of an answer that tells of an end is not lost with its process.
    private void HearHalf(string text)
    {
        if (!Begins(text, Token) && !Begins(text, Unavailable))
        {
            account.End(text);
        }
    }

    private static bool Begins(string text, string with) =>
        text.StartsWith(with, StringComparison.Ordinal) || with.StartsWith(text, StringComparison.Ordinal);

    private void Hear(JsonObject answer)
    {
        switch ((string?)answer["error"])
        {
            case null:
                break;
            case "ServerUnavailable":
                Later++;
                break;
            default:
                account.End(answer.ToJsonString());
                break;
        }
    }
}
