using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Operations;

internal sealed class AccountEraseCommand : Command
{
    private readonly Argument<string> account = new("EMAIL")
    {
        Description = "The account's email; its id to go on with an erasure that was interrupted.",
    };
    private readonly Option<bool> json = Output.JsonOption();
    private readonly Output output;

    public AccountEraseCommand(CommandHost context)
        : base(
            "erase",
            "Erases the person of an account for ever: everything of it ends, its email can be used again, and the "
                + "audit log keeps the id alone."
        )
    {
        output = context.Output;
        Add(account);
        Add(json);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => EraseAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> EraseAsync(
        ParseResult parsed,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var accounts = services.GetRequiredService<IAccountStore>();
        var name = parsed.GetValue(account)!;
        var id = Guid.TryParse(name, out var given) ? given : (await accounts.FindAsync(name, cancellationToken))?.Id;
        var outcome = id is { } found
            ? await services.GetRequiredService<AccountErasure>().EraseAsync(found, Caller.Operator, cancellationToken)
            : ActOutcome.Unknown;
        return outcome switch
        {
            ActOutcome.Done or ActOutcome.WasSo => output.Changed(
                $"{id}",
                "erased",
                outcome is ActOutcome.Done,
                parsed.GetValue(json)
            ),
            ActOutcome.LastAdministrator => output.Refuse(
                $"{name} is the only administrator: appoint another one first."
            ),
            _ => output.Refuse("There is no account with this email."),
        };
    }
}
