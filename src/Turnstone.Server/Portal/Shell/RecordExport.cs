using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Audit;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// Entries of the record as a file to take along, CSV or JSON, written as they are read: a long one needs no memory. Its columns are part of what is
/// promised: they only ever grow at the end.
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
        var response = context.HttpContext.Response;
        response.ContentType = csv ? "text/csv; charset=utf-8" : "application/json";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{(csv ? "csv" : "json")}\"";
        await (csv ? WriteCsvAsync(response.Body, context.HttpContext.RequestAborted) : WriteJsonAsync(response.Body, context.HttpContext.RequestAborted));
    }

    /// <summary>
    /// A field of a CSV (RFC 4180). What a spreadsheet would take for a formula is shown to it as a text: details and user agents are written by strangers.
    /// </summary>
    public static string Field(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? $"'{text}" : text;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private async Task WriteCsvAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns.Select(column => column.Name)).AsMemory(), cancellationToken);
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            await writer.WriteLineAsync(string.Join(',', Columns.Select(column => Field(column.Of(entry)?.ToString() ?? ""))).AsMemory(), cancellationToken);
        }
    }

    private async Task WriteJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(body, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            foreach (var (column, of) in Columns)
            {
                json.WriteString(column, of(entry)?.ToString());
            }

            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
    }
}
