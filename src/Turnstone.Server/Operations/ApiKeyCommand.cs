using System.CommandLine;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Operations;

internal sealed class ApiKeyCommand : Command
{
    public ApiKeyCommand(CommandHost context)
        : base("api-key", "Lists and revokes API keys.")
    {
        Add(List(context));
        Add(Revoke(context));
    }

    private static Command List(CommandHost context)
    {
        var account = new Option<string>("--account") { Description = "The owner's email.", Required = true };
        var json = Output.JsonOption();
        var command = new Command("list", "Lists the API keys of an account by their first characters.")
        {
            account,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var accounts = services.GetRequiredService<IAccountStore>();
                        if (await accounts.FindAsync(parsed.GetValue(account), cancel) is not { } owner)
                        {
                            return context.Output.Refuse("There is no account with this email.");
                        }

                        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
                        var found = await services.GetRequiredService<ApiKeys>().ListAsync(owner.Id, cancel);
                        context.Output.WriteList(
                            found.Select(key => new
                            {
                                key.Id,
                                key.Name,
                                key.Hint,
                                State = $"{key.StateAt(now)}",
                                Scopes = $"{key.Scopes}",
                                key.CreatedAt,
                                key.FreezesAt,
                                key.RevokedAt,
                                key.LastUsedAt,
                                key.LastUsedFrom,
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

    private static Command Revoke(CommandHost context)
    {
        var id = new Argument<Guid>("ID") { Description = "The key's id, as api-key list shows it." };
        var json = Output.JsonOption();
        var command = new Command("revoke", "Revokes an API key for ever; its sessions end with it.") { id, json };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var key = parsed.GetValue(id);
                        if (await services.GetRequiredService<IApiKeyStore>().FindAsync(key, cancel) is not { } found)
                        {
                            return context.Output.Refuse("There is no API key with this id: see api-key list.");
                        }

                        var revoked = await services
                            .GetRequiredService<ApiKeys>()
                            .RevokeAsync(found.AccountId, key, Caller.Operator, cancel);
                        return context.Output.Changed($"{key}", "revoked", revoked is not null, parsed.GetValue(json));
                    },
                    cancellationToken
                )
        );
        return command;
    }
}
