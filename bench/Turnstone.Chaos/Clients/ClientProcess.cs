using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Turnstone.Chaos.Clients;

/// <summary>A process that holds a session with one of the clients.</summary>
internal sealed class ClientProcess : IDisposable
{
    // What a process ends with that was ended by SIGKILL.
    private const int KilledCode = 128 + 9;

    private readonly Lock gate = new();
    private readonly Process process;
    private readonly Task<string> errors;
    private Task<(string Text, bool Whole)>? answer;
    private bool killed;
    private bool disposed;

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
        answer = ReadLineAsync(process.StandardOutput.BaseStream, cancellationToken);
    }

    /// <summary>
    /// What it said. A process that ends before its line does has said nothing, whatever the half of it reads like.
    /// </summary>
    public async Task<JsonObject> AnswerAsync()
    {
        var (line, whole) = await answer!;
        if (!whole)
        {
            await process.WaitForExitAsync();
            throw new ProcessEndedException(killed && process.ExitCode == KilledCode, line, await errors);
        }

        var said = JsonNode.Parse(line)!.AsObject();
        Events = [.. said["events"]!.AsArray().Select(what => (string)what!)];
        return said;
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (!disposed)
            {
                killed = true;
                process.Kill();
            }
        }
    }

    public async Task KillAsync()
    {
        Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (!disposed)
            {
                process.Kill();
                process.Dispose();
                disposed = true;
            }
        }
    }

    // A reader of lines gives the half of a line at the end of the stream as if it were one.
    private static async Task<(string Text, bool Whole)> ReadLineAsync(Stream from, CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        var bytes = new byte[4096];
        while (true)
        {
            var count = await from.ReadAsync(bytes, cancellationToken);
            line.Write(bytes, 0, count);
            var whole = count > 0 && bytes[count - 1] == (byte)'\n';
            if (whole || count == 0)
            {
                return (Encoding.UTF8.GetString(line.ToArray()), whole);
            }
        }
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
