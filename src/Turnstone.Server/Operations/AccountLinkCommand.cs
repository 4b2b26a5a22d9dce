using System.CommandLine;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Operations;

/// <summary>
/// For an owner who has lost the password where no email reaches him: the demo account, the only administrator.
/// </summary>
internal sealed class AccountLinkCommand : Command
{
    public AccountLinkCommand(CommandHost context)
        : base(
            "link",
            "Prints a link at which the owner of an account sets a new password. It works once, for an hour; a second "
                + "factor stays."
        )
    {
        var email = new Argument<string>("EMAIL") { Description = "The account's email." };
        Add(email);
        SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var accounts = services.GetRequiredService<IAccountStore>();
                        if (
                            await accounts.FindAsync(parsed.GetValue(email), cancel) is not { DisabledAt: null } account
                        )
                        {
                            return context.Output.Refuse("There is no enabled account with this email.");
                        }

                        context.Output.WriteLine(await PrintableAsync(services, account, cancel));
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
    }

    /// <summary>The link, recorded as the operator's.</summary>
    internal static async Task<string> PrintableAsync(
        IServiceProvider services,
        Account account,
        CancellationToken cancellationToken
    )
    {
        await using var scope = services.CreateAsyncScope();
        var link = await scope.ServiceProvider.GetRequiredService<AccountLinks>().ResetAsync(account);
        var entry = new AuditEntry
        {
            Event = AuditEvent.AccountChanged,
            At = services.GetRequiredService<TimeProvider>().GetUtcNow(),
            Caller = Caller.Operator,
            AccountId = account.Id,
            Detail = "link to set a password",
        };
        await services.GetRequiredService<IAuditLog>().AppendAsync(entry, cancellationToken);
        return link;
    }
}
