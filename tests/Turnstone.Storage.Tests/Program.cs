using Xunit.Runner.InProc.SystemConsole;

namespace Turnstone.Storage.Tests;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [RefreshingProcess.Word, .. var rest])
        {
            await RefreshingProcess.RunAsync(rest);
            return 0;
        }

        return await ConsoleRunner.Run(args);
    }
}
