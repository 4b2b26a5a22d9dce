using System.Diagnostics;
using System.Text;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests.Documents;

/// <summary>A command of a document that runs until it is ended, like one in a terminal of its own.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly StringBuilder said = new();
    private readonly Process process;
    private int read;

    public RunningProgram(string text, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", text])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(ServerProcess.IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>Waits for the next line that begins so, and answers what follows in it.</summary>
    public async Task<string> LineAsync(string beginning)
    {
        string? found = null;
        try
        {
            await Until.HoldsAsync(
                () =>
                {
                    Assert.False(process.HasExited && !Lines().Any(Begins), "It has ended.");
                    found = Lines().FirstOrDefault(Begins);
                    return found is not null;
                },
                Patience,
                $"there is a line with {beginning}"
            );
        }
        catch (Exception fault) when (fault is TimeoutException or Xunit.Sdk.FalseException)
        {
            Assert.Fail($"{fault.Message} It said: {Said}");
        }

        read = Said.IndexOf(found!, read, StringComparison.Ordinal) + found!.Length;
        return found.TrimStart()[beginning.Length..].Trim();

        bool Begins(string line) => line.TrimStart().StartsWith(beginning, StringComparison.Ordinal);
    }

    /// <summary>The shell.</summary>
    public int Id => process.Id;

    public void Type(string line) => process.StandardInput.WriteLine(line);

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private string[] Lines() => Said[read..].Split('\n');

    private void Note(string? line)
    {
        lock (said)
        {
            said.Append(line).Append('\n');
        }
    }
}
