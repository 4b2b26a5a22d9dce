using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Authentication;
using Turnstone.Cli.Commands;
using Turnstone.Cli.Login;
using Turnstone.Cli.Output;
using Turnstone.Client;

namespace Turnstone.Cli;

/// <summary>The verbs, and what is said when one fails: a sentence and an exit code, never a stack trace.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        // Known before anything is parsed, so that what cannot be parsed is told as it was asked for.
        terminal.Json = args.Contains("--json");
        try
        {
            SecretArguments.Refuse(args);
            var parsed = Root(new CommandContext(terminal, TimeProvider.System)).Parse(args);
            if (parsed.Errors.Count > 0)
            {
                throw CliException.Usage(Complaint(parsed));
            }

            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    Output = terminal.Text,
                    Error = terminal.Error,
                }
            );
        }
        catch (CliException reason)
        {
            return terminal.Fail(reason.Code, reason.Message, reason.ExitCode);
        }
        catch (SessionException reason)
        {
            return terminal.Fail(SessionFailure.CodeOf(reason), reason.Message, SessionFailure.ExitCodeOf(reason));
        }
        catch (HttpRequestException reason)
        {
            return terminal.Fail("unavailable", Away(reason), ExitCode.Unavailable);
        }
        catch (Exception reason) when (reason is TimeoutException or TaskCanceledException { InnerException: not null })
        {
            return terminal.Fail("unavailable", "There was no answer in time. Try again later.", ExitCode.Unavailable);
        }
        catch (OperationCanceledException)
        {
            return terminal.Fail("cancelled", "Cancelled.", ExitCode.Cancelled);
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail("files", reason.Message, ExitCode.Files);
        }
#pragma warning disable CA1031 // Whatever it is, whoever sees it can do nothing with a stack trace.
        catch (Exception reason)
        {
            return terminal.Fail(
                "failed",
                $"This is a fault of turnstone itself ({reason.GetType().Name}). Please report what you did.",
                ExitCode.Failed
            );
        }
#pragma warning restore CA1031
    }

    public static RootCommand Root(CommandContext context) =>
        new(
            "Good access tokens for the shell: refreshed once for all that ask. Begin with turnstone login; "
                + "docs/cli.md has every verb, file and exit code."
        )
        {
            context.Json,
            context.ProfileOption,
            new LoginCommand(context),
            new TokenCommand(context),
            new RefreshCommand(context),
            new ValidateCommand(context),
            new InspectCommand(context),
            new CurlCommand(context),
            new WhyCommand(context),
            new SessionsCommand(context),
            new LogoutCommand(context),
            new DoctorCommand(context),
            new ProfilesCommand(context),
            new CompletionCommand(context),
            new GitCredentialCommand(context),
            new KubectlCredentialCommand(context),
        };

    // What was typed is quoted only where it looks like an option: an argument in the wrong place may be a secret.
    private static string Complaint(ParseResult parsed)
    {
        var names = new List<string>();
        var at = parsed.CommandResult;
        while (at.Command is not RootCommand)
        {
            names.Insert(0, at.Command.Name);
            at = (CommandResult)at.Parent!;
        }

        var verb = string.Join(' ', ["turnstone", .. names]);
        var odd = parsed.UnmatchedTokens;
        var said =
            odd.Count == 0 ? string.Join(' ', parsed.Errors.Select(error => error.Message))
            : odd[0].StartsWith('-') ? $"{verb} has no option {odd[0].Split('=')[0]}."
            : names.Count == 0 ? $"There is no verb {Shown(odd[0])}."
            : $"{verb} was given an argument too many.";
        return $"{said} See {verb} --help.";
    }

    private static string Shown(string word) =>
        word.Length <= 20 && word.All(char.IsAsciiLetter) ? word : "of that name";

    private static string Away(HttpRequestException reason) =>
        reason switch
        {
            { InnerException: AuthenticationException } =>
                $"The server's TLS certificate is not to be trusted: {reason.InnerException!.Message} "
                    + "See turnstone doctor.",
            { HttpRequestError: HttpRequestError.NameResolutionError } =>
                $"The server's name is not known to the network: {reason.Message}. See turnstone doctor.",
            _ => $"The server cannot be reached: {reason.Message}. See turnstone doctor.",
        };
}
