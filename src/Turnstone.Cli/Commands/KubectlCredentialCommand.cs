using System.CommandLine;
using System.Text.Json.Nodes;

namespace Turnstone.Cli.Commands;

/// <summary>An exec plugin of kubectl: the token as an ExecCredential.</summary>
internal sealed class KubectlCredentialCommand : Command
{
    public KubectlCredentialCommand(CommandContext context)
        : base("kubectl-credential", "Gives kubectl a token (the exec of a user in its configuration).") =>
        SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = context.Open(parsed);
                var token = await open.TokenAsync(cancellationToken);
                context.Terminal.WriteJson(
                    new JsonObject
                    {
                        ["apiVersion"] = "client.authentication.k8s.io/v1",
                        ["kind"] = "ExecCredential",
                        ["status"] = new JsonObject
                        {
                            ["token"] = token.Value,
                            ["expirationTimestamp"] = token.ExpiresAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"),
                        },
                    }
                );
                return ExitCode.Done;
            }
        );
}
