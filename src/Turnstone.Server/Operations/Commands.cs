using System.CommandLine;
using Turnstone.Server.Hosting;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Server.Operations.AuditLog;
using Turnstone.Server.Operations.Check;
using Turnstone.Server.Operations.Provisioning;

namespace Turnstone.Server.Operations;

/// <summary>The command line: the commands and their error messages.</summary>
public static class Commands
{
    private const string Program = "turnstone-server";

    public static Task<int> RunAsync(
        string[] args,
        ServerPlan plan,
        Output output,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(output);
        return RunGuard.RunAsync(
            Program,
            output.Error,
            () =>
            {
                // Before anything else: each assembly that is loaded is an open file.
                OpenFiles.RequireEnough();
                SecretArguments.Refuse(args, plan.Contracts);
                return ApplyingAsync(() => RunUnguardedAsync(args, plan, output, cancellationToken), output);
            }
        );
    }

    /// <summary>All commands. None builds anything before it is run.</summary>
    public static RootCommand Root(string[] hostArguments, ServerPlan plan, Output output)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var context = new CommandHost(hostArguments, plan, output);
        var serve = new ServeCommand(context);
        var root = new RootCommand(
            "Turnstone, the token service. Without a command it serves. Settings come from appsettings.json, "
                + "the environment (Turnstone__Issuer=…) and --Turnstone:Issuer=…; "
                + "docs/configuration.md lists them."
        )
        {
            serve,
            new InitCommand(context, plan.Contracts),
            new CheckCommand(context),
            new ApplyCommand(context),
            new MigrateCommand(context),
            new BackupCommand(context),
            new KeysCommand(context),
            new RevokeCommand(context),
            new CodeCommand(context, plan.Contracts),
            new AdministratorCommand(context),
            new AccountCommand(context),
            new ClientCommand(context),
            new ApiKeyCommand(context),
            new SessionCommand(context),
            new ProductCommand(context),
            new SubscriptionCommand(context),
            new AuditCommand(context),
        };
        root.SetAction((_, cancellationToken) => serve.ServeAsync(cancellationToken));
        return root;
    }

    private static async Task<int> RunUnguardedAsync(
        string[] args,
        ServerPlan plan,
        Output output,
        CancellationToken cancellationToken
    )
    {
        var (hostArguments, words) = HostArguments.Part(args);
        var root = Root(hostArguments, plan, output);
        var parsed = root.Parse(words);
        var invocation = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Output = output.Text,
            Error = output.Error,
        };
        if (parsed.Errors.Count > 0)
        {
            // Prints the error and the help of the command.
            await parsed.InvokeAsync(invocation, cancellationToken);
            return ExitCode.Usage;
        }

        // The server handles the signals itself; System.CommandLine would end it after two seconds.
        if (parsed.CommandResult.Command is RootCommand or ServeCommand)
        {
            invocation.ProcessTerminationTimeout = null;
        }

        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    private static async Task<int> ApplyingAsync(Func<Task<int>> run, Output output)
    {
        try
        {
            return await run();
        }
        catch (ProvisioningException wrong)
        {
            await output.Error.WriteLineAsync($"{Program}: {wrong.Source} cannot be applied, and nothing was changed:");
            foreach (var problem in wrong.Problems)
            {
                await output.Error.WriteLineAsync($"  - {problem}");
            }

            return ExitCode.BadFile;
        }
    }
}
