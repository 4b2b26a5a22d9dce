using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Turnstone.Chaos.Clients;

/// <summary>A process that holds a session with one of the clients.</summary>
internal sealed class ClientProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;
    private Task<string?>? answer;

    private ClientProcess(Process process) =>
        (this.process, errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>What it told of since the answer before the last.</summary>
    public IReadOnlyList<string> Events { get; private set; } = [];

    public bool Runs => !process.HasExited;

    public static async Task<ClientProcess> StartAsync(ClientProgram program, ClientSettings settings)
    {
        var start = new ProcessStartInfo(program.Words[0], program.Words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";

        // A killed process leaves the pipes of its diagnostics in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        var one = new ClientProcess(Process.Start(start)!);
        await one.SendAsync(settings.Json());
        return one;
    }

    /// <summary>Gives it a command; <see cref="AnswerAsync"/> hears what came of it.</summary>
    public async Task TellAsync(JsonObject command, CancellationToken cancellationToken)
    {
        await SendAsync(command);
        answer = process.StandardOutput.ReadLineAsync(cancellationToken).AsTask();
    }

    public async Task<JsonObject> AnswerAsync()
    {
        if (await answer! is not { } line)
        {
            throw new ProcessEndedException(await errors);
        }

        var said = JsonNode.Parse(line)!.AsObject();
        Events = [.. said["events"]!.AsArray().Select(what => (string)what!)];
        return said;
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public void Kill() => process.Kill();

    public async Task KillAsync()
    {
        Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private async Task SendAsync(JsonObject line)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(line.ToJsonString());
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended; whoever reads its answer hears of it.
        }
    }
}

/// <summary>A client's process ended without an answer.</summary>
#pragma warning disable CA1032, CA1064 // It is thrown and caught here alone.
internal sealed class ProcessEndedException(string errors) : Exception($"The process ended: {errors}");
#pragma warning restore CA1032, CA1064
