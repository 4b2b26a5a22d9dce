using Microsoft.Extensions.Logging.Console;

namespace Turnstone.Server.Telemetry;

/// <summary>
/// Logs go to the console: one JSON object a line in Production, one readable line in Development. A command's own
/// output stays clean: its logs go to the error output.
/// </summary>
public static class LogOutput
{
    public static void AddLogOutput(this ILoggingBuilder logging, bool production, bool toStandardError = false)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.ClearProviders();
        if (production)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }

        if (toStandardError)
        {
            logging.SetMinimumLevel(LogLevel.Warning);
            logging.Services.Configure<ConsoleLoggerOptions>(console =>
                console.LogToStandardErrorThreshold = LogLevel.Trace
            );
        }

        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // It says nothing below a warning that may be said here, and while it could, every request would get a trace
        // and a scope of its own.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // Why a start failed is said once, in a sentence on the error output; as an error here it would be a page of
        // stack beside it.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddFilter("Microsoft.Hosting.Lifetime", production ? LogLevel.Information : LogLevel.Warning);
        logging.Services.PostConfigure<LoggerFilterOptions>(SecretCategories.Quiet);
    }
}
