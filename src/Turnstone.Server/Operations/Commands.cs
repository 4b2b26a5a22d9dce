using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Turnstone.Server.Hosting;
using Turnstone.Server.Hosting.Connections;
using Turnstone.Server.Operations.Check;
using Turnstone.Server.Operations.Provisioning;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>The command line: the commands and their error messages.</summary>
public static class Commands
{
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
        return GuardAsync(
            () =>
            {
                // Before anything else: each assembly that is loaded is an open file.
                OpenFiles.RequireEnough();
                SecretArguments.Refuse(args, plan.Contracts);
                return RunUnguardedAsync(args, plan, output, cancellationToken);
            },
            output
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

    private static async Task<int> GuardAsync(Func<Task<int>> run, Output output)
    {
        try
        {
            return await run();
        }
        catch (SettingsException unsound)
        {
            return Tell("The settings are wrong:", unsound.Problems, ExitCode.BadSettings);
        }
        catch (ProvisioningException wrong)
        {
            return Tell(
                $"{wrong.Source} cannot be applied, and nothing was changed:",
                wrong.Problems,
                ExitCode.BadFile
            );
        }
        catch (StoreUnavailableException away) when (away.OutcomeUnknown)
        {
            return Tell(
                $"{away.Message} It is not known whether the command took effect. Run it again.",
                away.InnerException is { } reason ? [reason.Message] : [],
                ExitCode.OutcomeUnknown
            );
        }
        catch (Exception away) when (away is StoreUnavailableException or StoreTooNewException)
        {
            return Tell(
                away.Message,
                away.InnerException is { } reason ? [reason.Message] : [],
                ExitCode.StoreUnavailable
            );
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            return Tell(
                $"{taken.Message} Stop the program that listens there, or choose another address with --urls.",
                [],
                ExitCode.Failed
            );
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Tell(refused.Message, [], ExitCode.Failed);
        }
        catch (DllNotFoundException missing)
        {
            return Tell(missing.Message, [], ExitCode.BadSettings);
        }
        catch (CryptographicException unopened)
        {
            return Tell(unopened.Message, [], ExitCode.BadSettings);
        }
        catch (OperationCanceledException)
        {
            return Tell("Cancelled.", [], ExitCode.Failed);
        }

        int Tell(string what, IReadOnlyList<string> points, int code)
        {
            output.Error.WriteLine($"turnstone-server: {what}");
            foreach (var point in points)
            {
                output.Error.WriteLine($"  - {point}");
            }

            return code;
        }
    }
}
