using Turnstone.Directory;
using Turnstone.Server.Operations.Provisioning;

namespace Turnstone.Server.Operations.Setup;

/// <summary>
/// Makes an account that administers the portal. Whoever runs this has the machine, so no email has to be confirmed.
/// </summary>
internal static class FirstAdministrator
{
    /// <summary>A link at which its owner sets the password, within the hour; null where one was given.</summary>
    /// <exception cref="ProvisioningException">Email or password cannot be used.</exception>
    public static async Task<string?> MakeAsync(
        IServiceProvider services,
        string email,
        string? password,
        CancellationToken cancellationToken
    )
    {
        var file = new ProvisioningFile
        {
            Accounts =
            [
                new()
                {
                    Email = email,
                    Password = password,
                    Administrator = true,
                },
            ],
        };
        List<string> problems = [.. ProvisioningCheck.Of(file)];
        if (problems.Count > 0)
        {
            throw new ProvisioningException("The administrator", problems);
        }

        await services.GetRequiredService<Provisioner>().ApplyAsync(file, "The administrator", cancellationToken);
        return password is null
            ? await AccountLinkCommand.PrintableAsync(
                services,
                (await services.GetRequiredService<IAccountStore>().FindAsync(email, cancellationToken))!,
                cancellationToken
            )
            : null;
    }
}
