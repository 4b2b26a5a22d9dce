using System.CommandLine;
using Turnstone.Administration;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>
/// The first administrator comes from whoever operates the server, never from the order in which people sign up.
/// </summary>
internal sealed class AdministratorCommand : Command
{
    private readonly Argument<string> email = new("EMAIL")
    {
        Description = "The email of an account that is there already.",
    };
    private readonly Option<bool> revoke = new("--revoke")
    {
        Description = "Takes the right away. The last administrator keeps it.",
    };

    public AdministratorCommand(CommandHost workplace)
        : base("administrator", "Makes an account an administrator of the portal.")
    {
        Add(email);
        Add(revoke);
        SetAction(
            (parsed, cancellationToken) =>
                workplace.RunAsync((services, cancel) => SetAsync(parsed, services, cancel), cancellationToken)
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
            return Output.Refuse(
                "There is no enabled account of that email: sign up in the portal first, "
                    + "or make it with turnstone-server apply."
            );
        }

        var outcome = await services
            .GetRequiredService<AccountAdministration>()
            .SetAdministratorAsync(account.Id, administrator, Caller.Operator, cancellationToken);
        return outcome switch
        {
            ActOutcome.Done => Say(
                $"{account.Email} is {(administrator ? "an administrator now" : "no administrator any more")}, "
                    + "from the next click on."
            ),
            ActOutcome.WasSo => Say(
                $"{account.Email} {(administrator ? "was an administrator already" : "was no administrator")}."
            ),
            ActOutcome.Unconfirmed => Output.Refuse(
                $"Nobody has confirmed {account.Email} yet, so it may be a stranger's account: "
                    + "open the link in the letter first, or name the account in a file for turnstone-server apply."
            ),
            ActOutcome.LastAdministrator => Output.Refuse(
                $"{account.Email} is the only administrator: make another one first."
            ),
            _ => throw new StoreUnavailableException("Others are changing the same account; try again."),
        };
    }

    private static int Say(string sentence)
    {
        Console.WriteLine(sentence);
        return ExitCode.Done;
    }
}
