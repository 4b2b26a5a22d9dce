using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;

namespace Turnstone.Chaos.Proof;

/// <summary>A place in the fleet: a process that refreshes again and again, and its successor.</summary>
internal sealed class Worker(ClientProgram program, ClientSettings settings, Account account) : IDisposable
{
    private ClientProcess? process;
    private bool killed;

    public int Kills { get; private set; }

    /// <summary>Answers that told the caller to try later.</summary>
    public int Later { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            process ??= await ClientProcess.StartAsync(program, settings);
            try
            {
                await process.TellAsync(new JsonObject { ["do"] = "refresh" }, CancellationToken.None);
                Hear(await process.AnswerAsync());
            }
            catch (ProcessEndedException) when (killed)
            {
                process.Dispose();
                (killed, process, Kills) = (false, null, Kills + 1);
            }
        }
    }

    public void Kill()
    {
        if (process is { } running)
        {
            killed = true;
            running.Kill();
        }
    }

    public void Dispose() => process?.Dispose();

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
