using Turnstone.Storage.Tests.Audit;
using Xunit.Runner.InProc.SystemConsole;

namespace Turnstone.Storage.Tests;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [RefreshingProcess.Word, .. var rest]:
                await RefreshingProcess.RunAsync(rest);
                return 0;
            case [SealingProcess.Word, .. var rest]:
                await SealingProcess.RunAsync(rest);
                return 0;
        }

        return await ConsoleRunner.Run(args);
    }
}
