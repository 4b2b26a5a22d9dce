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
        var workplace = new CommandHost(hostArguments, plan, output);
        var serve = new ServeCommand(workplace);
        var root = new RootCommand(
            "Turnstone, the token service. Without a command it serves. Settings come from appsettings.json, "
                + "the environment (Turnstone__Issuer=…) and --Turnstone:Issuer=…; "
                + "docs/configuration.md lists them."
        )
        {
            serve,
            new InitCommand(workplace, plan.Contracts),
            new CheckCommand(workplace),
            new ApplyCommand(workplace),
            new MigrateCommand(workplace),
            new BackupCommand(workplace),
            new KeysCommand(workplace),
            new RevokeCommand(workplace),
            new CodeCommand(workplace, plan.Contracts),
            new AdministratorCommand(workplace),
            new AccountCommand(workplace),
            new ClientCommand(workplace),
            new ApiKeyCommand(workplace),
            new SessionCommand(workplace),
            new ProductCommand(workplace),
            new SubscriptionCommand(workplace),
            new AuditCommand(workplace),
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
