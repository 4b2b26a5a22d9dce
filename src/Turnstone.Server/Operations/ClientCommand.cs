using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Operations;

internal sealed class ClientCommand : Command
{
    public ClientCommand(CommandHost context)
        : base("client", "Lists, disables and enables clients.")
    {
        Add(List(context));
        Add(
            SetEnabled(
                context,
                "disable",
                "Shuts a client: its sessions end, and its secrets are refused until it is enabled.",
                enabled: false
            )
        );
        Add(
            SetEnabled(
                context,
                "enable",
                "Opens a disabled client again, with the secrets that it had; its sessions stay ended.",
                enabled: true
            )
        );
    }

    private static Command List(CommandHost context)
    {
        var account = new Option<string?>("--account") { Description = "Only those that this account owns." };
        var json = Output.JsonOption();
        var command = new Command("list", "Lists clients; of their secrets only how many there are.") { account, json };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var owner = parsed.GetValue(account) is { } email
                            ? await services.GetRequiredService<IAccountStore>().FindAsync(email, cancel)
                            : null;
                        if (owner is null && parsed.GetValue(account) is not null)
                        {
                            return context.Output.Refuse("There is no account with this email.");
                        }

                        var found = await services.GetRequiredService<IClientStore>().ListAsync(owner?.Id, cancel);
                        context.Output.WriteList(
                            found.Select(client => new
                            {
                                client.Id,
                                client.Name,
                                client.OwnerId,
                                client.Public,
                                Secrets = client.Secrets.Count,
                                GrantTypes = string.Join(' ', client.GrantTypes),
                                Scopes = $"{client.Scopes}",
                                client.CreatedAt,
                                client.DisabledAt,
                                client.OwnerDisabledAt,
                            }),
                            parsed.GetValue(json)
                        );
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command SetEnabled(CommandHost context, string name, string description, bool enabled)
    {
        var id = new Argument<string>("ID") { Description = "The client's id." };
        var json = Output.JsonOption();
        var command = new Command(name, description) { id, json };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var client = parsed.GetValue(id)!;
                        var before = await services.GetRequiredService<IClientStore>().FindAsync(client, cancel);
                        if (
                            before is null
                            || await services
                                .GetRequiredService<ClientAdministration>()
                                .SetEnabledAsync(client, enabled, Caller.Operator, cancel)
                                is null
                        )
                        {
                            return context.Output.Refuse("There is no client with this id.");
                        }

                        var changed = before.DisabledAt is null != enabled;
                        return context.Output.Changed(client, $"{name}d", changed, parsed.GetValue(json));
                    },
                    cancellationToken
                )
        );
        return command;
    }
}
