using System.Text.RegularExpressions;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.CommandLine;

namespace Turnstone.Server.Tests.Documents;

/// <summary>
/// One server for all that is pasted, in a folder like that of the documents, with what its start printed.
/// </summary>
public sealed partial class FirstStart : IAsyncLifetime
{
    private ServerProcess server = null!;

    public Uri Address => server.Http.BaseAddress!;

    /// <summary>The lines that set the variables with the secrets.</summary>
    public string Variables { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var url = $"http://127.0.0.1:{Programs.FreePort()}";
        server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                // As in the documents, it listens where its name is.
                ["Turnstone:Issuer"] = url,

                // The documents refresh at once what a reader refreshes after a quarter of an hour.
                ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",

                // They log in with one key more often than a program does.
                ["Turnstone:Limits:LoginsPerApiKey:Count"] = "100",
            },
            within: words => [.. words.Select(word => word == "http://127.0.0.1:0" ? url : word)]
        );
        await Until.HoldsAsync(
            () => server.Output.Contains("-d grant_type=client_credentials", StringComparison.Ordinal),
            "the first start shows its calls"
        );
        Variables = string.Join('\n', VariableLine().Matches(server.Output).Select(match => match.Value.Trim()));
        var command = Path.Combine(server.Folder, "turnstone");
        var program = Path.Combine(AppContext.BaseDirectory, "turnstone-server");
        await File.WriteAllTextAsync(
            command,
            $"#!/bin/sh\nDOTNET_ENVIRONMENT=Development exec '{program}' \"$@\"\n",
            TestContext.Current.CancellationToken
        );
        var commands = System.IO.Directory.CreateDirectory(Path.Combine(server.Folder, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(commands, "turnstone"), CliHome.Program);
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>The value of one of the variables.</summary>
    public string Secret(string name) =>
        Regex.Match(Variables, $"^{name}='(?<value>[^']*)'", RegexOptions.Multiline).Groups["value"].Value;

    /// <summary>
    /// Pastes a text after the variables. It ends at the first command that fails, and an answer that is an error makes
    /// curl fail.
    /// </summary>
    public Task<CommandResult> PasteAsync(string text, string typed = "") =>
        Bash.RunAsync(
            $$"""
            set -eo pipefail
            curl() { command curl -S --fail-with-body "$@"; }
            {{Variables}}
            export HOME="$PWD" XDG_CONFIG_HOME="$PWD/config" XDG_STATE_HOME="$PWD/state" PATH="$PWD/bin:$PATH"
            {{text.Replace("http://127.0.0.1:8400", $"{Address}".TrimEnd('/'), StringComparison.Ordinal)}}
            """,
            typed,
            server.Folder
        );

    [GeneratedRegex("^ +[A-Z_]+='[^']*'", RegexOptions.Multiline)]
    private static partial Regex VariableLine();
}
