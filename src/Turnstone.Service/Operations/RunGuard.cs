using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations;

/// <summary>What an operator can put right is said in a sentence and an exit code, without a stack trace.</summary>
internal static class RunGuard
{
    public static async Task<int> RunAsync(string program, TextWriter error, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (SettingsException unsound)
        {
            return Tell("The settings are wrong:", unsound.Problems, ExitCode.BadSettings);
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
            error.WriteLine($"{program}: {what}");
            foreach (var point in points)
            {
                error.WriteLine($"  - {point}");
            }

            return code;
        }
    }
}
