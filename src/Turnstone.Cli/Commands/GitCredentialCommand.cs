using System.CommandLine;

namespace Turnstone.Cli.Commands;

/// <summary>A credential helper of git: the token as the password for the one host that is named.</summary>
internal sealed class GitCredentialCommand : Command
{
    public GitCredentialCommand(CommandContext context)
        : base("git-credential", "Gives git a token as the password for one host (git's credential.helper).")
    {
        var host = new Option<string>("--host") { Description = "The one host that gets it.", Required = true };
        var act = new Argument<string>("act") { Description = "What git adds: get, store or erase." };
        Add(host);
        Add(act);
        SetAction(
            async (parsed, cancellationToken) =>
            {
                var asked = new Dictionary<string, string>();
                while (await Console.In.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
                {
                    var pair = line.Split('=', 2);
                    asked[pair[0]] = pair[^1];
                }

                // Whoever is given it can use it, so it is for no other host and goes encrypted.
                var (protocol, asks) = (asked.GetValueOrDefault("protocol"), asked.GetValueOrDefault("host"));
                if (parsed.GetValue(act) is "get" && protocol is "https" && asks == parsed.GetValue(host))
                {
                    using var open = context.Open(parsed);
                    var token = await open.TokenAsync(cancellationToken);
                    context.Terminal.WriteLine($"username=turnstone\npassword={token.Value}");
                }

                return ExitCode.Done;
            }
        );
    }
}
