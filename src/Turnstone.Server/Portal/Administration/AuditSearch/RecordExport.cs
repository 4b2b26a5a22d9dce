using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.AuditSearch;

/// <summary>
/// Audit entries as a CSV or JSON file, with all their fields, written as they are read. Columns are a promise: new
/// ones are added at the end.
/// </summary>
public sealed class RecordExport(IAsyncEnumerable<AuditEntry> entries, bool csv, string name) : IActionResult
{
    private static readonly (string Name, Func<AuditEntry, object?> Of)[] Columns =
    [
        ("time", entry => entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ("event", entry => entry.Event),
        ("refused", entry => entry.Refused),
        ("account_id", entry => entry.AccountId),
        ("client_id", entry => entry.ClientId),
        ("api_key_id", entry => entry.ApiKeyId),
        ("session_id", entry => entry.SessionId),
        ("contract", entry => entry.Contract),
        ("detail", entry => entry.Detail),
        ("network", entry => entry.Caller.Network),
        ("user_agent", entry => entry.Caller.UserAgent),
        ("actor_id", entry => entry.Caller.ActorId),
        ("reason", entry => entry.Caller.Reason),
    ];

    public async Task ExecuteResultAsync(ActionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (response, cancel) = (context.HttpContext.Response, context.HttpContext.RequestAborted);
        await using var reading = entries.GetAsyncEnumerator(cancel);

        // Read before the first byte, so an unavailable store can still be answered with an error page.
        var more = await reading.MoveNextAsync();
        response.ContentType = csv ? "text/csv; charset=utf-8" : "application/json";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{(csv ? "csv" : "json")}\"";
        await using var writer = new StreamWriter(
            response.Body,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            leaveOpen: true
        );
        await writer.WriteAsync((csv ? CsvText.Line(Columns.Select(column => column.Name)) : "[").AsMemory(), cancel);
        for (var first = true; more; first = false, more = await reading.MoveNextAsync())
        {
            var cells = Columns.Select(column => column.Of(reading.Current)?.ToString());
            await writer.WriteAsync(
                (csv ? CsvText.Line(cells) : $"{(first ? "" : ",")}\n{Json(cells)}").AsMemory(),
                cancel
            );
        }

        await writer.WriteAsync((csv ? "" : "\n]\n").AsMemory(), cancel);
    }

    private static string Json(IEnumerable<string?> cells) =>
        JsonSerializer.Serialize(Columns.Zip(cells).ToDictionary(pair => pair.First.Name, pair => pair.Second));
}
