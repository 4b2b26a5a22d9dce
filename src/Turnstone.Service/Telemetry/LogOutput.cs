using Microsoft.Extensions.Logging.Console;

namespace Turnstone.Server.Telemetry;

/// <summary>
/// Logs go to the console: one JSON object per line in Production, one readable line in Development. Commands log to
/// the error output.
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

        // The default is to wait: then every request stands still behind a pipe that nobody reads. What is dropped is
        // counted, and the count is written once there is room.
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite
        );
        if (toStandardError)
        {
            logging.SetMinimumLevel(LogLevel.Warning);
            logging.Services.Configure<ConsoleLoggerOptions>(console =>
                console.LogToStandardErrorThreshold = LogLevel.Trace
            );
        }

        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Below Warning it may not log here anyway, and if enabled every request would get an activity and a scope.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // A failed start is reported once on the error output; logged here it would print a stack trace as well.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddFilter("Microsoft.Hosting.Lifetime", production ? LogLevel.Information : LogLevel.Warning);
        logging.Services.PostConfigure<LoggerFilterOptions>(SecretCategories.Quiet);
    }
}
