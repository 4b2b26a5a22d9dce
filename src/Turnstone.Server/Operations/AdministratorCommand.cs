using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>The operator appoints the first administrator. The order of sign-ups does not matter.</summary>
internal sealed class AdministratorCommand : Command
{
    private readonly Argument<string> email = new("EMAIL") { Description = "The email of an existing account." };
    private readonly Option<bool> revoke = new("--revoke")
    {
        Description = "Removes the right. The last administrator keeps it.",
    };
    private readonly Output output;

    private readonly Option<bool> json = Output.JsonOption();

    public AdministratorCommand(CommandHost context)
        : base("administrator", "Makes an account an administrator of the portal.")
    {
        output = context.Output;
        Add(email);
        Add(revoke);
        Add(json);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync((services, cancel) => SetAsync(parsed, services, cancel), cancellationToken)
        );
    }

    private async Task<int> SetAsync(ParseResult parsed, IServiceProvider services, CancellationToken cancellationToken)
    {
        var administrator = !parsed.GetValue(revoke);
        if (
            !EmailAddress.TryNormalize(parsed.GetValue(email), out var normalized)
            || await services.GetRequiredService<IAccountStore>().FindByEmailAsync(normalized, cancellationToken)
                is not { } account
            || (administrator && account.DisabledAt is not null)
        )
        {
            return output.Refuse(
                "There is no enabled account with this email: sign up in the portal first, "
                    + "or create it with turnstone-server apply."
            );
        }

        var outcome = await services
            .GetRequiredService<AccountAdministration>()
            .SetAdministratorAsync(account.Id, administrator, Caller.Operator, cancellationToken);
        var state = administrator ? "administrator" : "no administrator";
        return outcome switch
        {
            ActOutcome.Done or ActOutcome.WasSo when parsed.GetValue(json) => output.Changed(
                account.Email,
                state,
                outcome is ActOutcome.Done,
                json: true
            ),
            ActOutcome.Done => Say(
                $"{account.Email} is {(administrator ? "now an administrator" : "no longer an administrator")}, "
                    + "from the next click on."
            ),
            ActOutcome.WasSo => Say(
                $"{account.Email} {(administrator ? "was already an administrator" : "was not an administrator")}."
            ),
            ActOutcome.Unconfirmed => output.Refuse(
                $"Nobody has confirmed {account.Email} yet, so it may be a stranger's account: "
                    + "open the link in the email first, or name the account in a file for turnstone-server apply."
            ),
            ActOutcome.LastAdministrator => output.Refuse(
                $"{account.Email} is the only administrator: appoint another one first."
            ),
            _ => throw new StoreUnavailableException("The account is being changed by others; try again."),
        };
    }

    private int Say(string sentence)
    {
        output.WriteLine(sentence);
        return ExitCode.Done;
    }
}
