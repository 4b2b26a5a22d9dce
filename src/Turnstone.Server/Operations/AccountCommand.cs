using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

internal sealed class AccountCommand : Command
{
    public AccountCommand(CommandHost context)
        : base(
            "account",
            "Lists, disables, enables and erases accounts, and lets an owner in who has lost the password."
        )
    {
        Add(List(context));
        Add(
            Act(
                context,
                "disable",
                "Shuts an account, to its owner too: its sessions end, and its password, keys and applications open "
                    + "nothing until it is enabled.",
                (administration, account, cancel) => administration.DisableAsync(account, Caller.Operator, cancel)
            )
        );
        Add(
            Act(
                context,
                "enable",
                "Opens a disabled account again; what has ended or was revoked stays so.",
                (administration, account, cancel) => administration.EnableAsync(account, Caller.Operator, cancel)
            )
        );
        Add(new AccountLinkCommand(context));
        Add(new AccountEraseCommand(context));
    }

    private static Command List(CommandHost context)
    {
        var part = new Option<string?>("--email") { Description = "Only those with this in their email." };
        var limit = Output.LimitOption();
        var json = Output.JsonOption();
        var command = new Command("list", "Lists accounts by their emails.") { part, limit, json };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var found = await services
                            .GetRequiredService<IAccountStore>()
                            .ListAsync(parsed.GetValue(part), parsed.GetValue(limit), cancel);
                        context.Output.WriteList(
                            found.Select(account => new
                            {
                                account.Id,
                                account.Email,
                                account.EmailConfirmed,
                                account.Administrator,
                                SecondFactor = account.TwoFactorEnabled,
                                account.CreatedAt,
                                account.DisabledAt,
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

    private static Command Act(
        CommandHost context,
        string name,
        string description,
        Func<AccountAdministration, Guid, CancellationToken, Task<ActOutcome>> act
    )
    {
        var email = new Argument<string>("EMAIL") { Description = "The account's email." };
        var json = Output.JsonOption();
        var command = new Command(name, description) { email, json };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var accounts = services.GetRequiredService<IAccountStore>();
                        if (await accounts.FindAsync(parsed.GetValue(email), cancel) is not { } account)
                        {
                            return context.Output.Refuse("There is no account with this email.");
                        }

                        var outcome = await act(
                            services.GetRequiredService<AccountAdministration>(),
                            account.Id,
                            cancel
                        );
                        return Tell(context.Output, outcome, account.Email, name, parsed.GetValue(json));
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static int Tell(Output output, ActOutcome outcome, string email, string act, bool json) =>
        outcome switch
        {
            ActOutcome.Done => output.Changed(email, $"{act}d", changed: true, json),
            ActOutcome.WasSo => output.Changed(email, $"{act}d", changed: false, json),
            ActOutcome.LastAdministrator => output.Refuse(
                $"{email} is the only administrator: appoint another one first."
            ),
            _ => throw new StoreUnavailableException("The account is being changed by others; try again."),
        };
}
