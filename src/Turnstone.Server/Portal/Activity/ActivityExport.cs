using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Activity;

/// <summary>The matching entries as a file, read and sent in pieces, so memory does not grow with the length.</summary>
public sealed class ActivityExport(
    IAuditLog audit,
    SessionFates fates,
    AuditQuery query,
    Guid account,
    bool csv,
    string name
) : IActionResult
{
    /// <summary>The export ends after this many entries.</summary>
    public const int Most = 50_000;

    private const int Piece = 500;

    private static readonly string[] Columns =
    [
        "time",
        "event",
        "outcome",
        "by",
        "network",
        "userAgent",
        "contract",
        "application",
        "apiKey",
        "session",
        "detail",
        "reason",
        "sessionState",
        "sessionEnd",
    ];

    public async Task ExecuteResultAsync(ActionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (response, cancel) = (context.HttpContext.Response, context.HttpContext.RequestAborted);

        // Read before the first byte, so an unavailable store can still be answered with an error page.
        var piece = await audit.ReadAsync(query with { Limit = Piece }, cancel);
        response.ContentType = csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await response.WriteAsync(csv ? CsvText.Line(Columns) : "[", cancel);
        var sent = 0;
        while (piece.Count > 0 && sent < Most)
        {
            var text = new StringBuilder();
            foreach (var row in await fates.ToRowsAsync(piece.Take(Most - sent), account, cancel))
            {
                var cells = Cells(row);
                text.Append(csv ? CsvText.Line(cells) : $"{(sent == 0 ? "" : ",")}\n{Json(cells)}");
                sent++;
            }

            await response.WriteAsync(text.ToString(), cancel);
            piece =
                piece.Count < Piece
                    ? []
                    : await audit.ReadAsync(query with { Limit = Piece, Before = piece[^1].Id }, cancel);
        }

        await response.WriteAsync(csv ? "" : "\n]\n", cancel);
    }

    private static string?[] Cells(ActivityRow row)
    {
        var entry = row.Entry;
        return
        [
            Time(entry.At),
            entry.Event.ToString(),
            row.Outcome,
            row.Actor.ToString().ToLowerInvariant(),
            row.Network,
            row.UserAgent,
            entry.Contract,
            entry.ClientId,
            entry.ApiKeyId?.ToString(),
            entry.SessionId?.ToString(),
            entry.Detail,
            entry.Caller.Reason,
            row.Fate?.State.ToString().ToLowerInvariant(),
            row.Fate?.At is { } end ? Time(end) : null,
        ];
    }

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Json(string?[] cells) =>
        JsonSerializer.Serialize(Columns.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second));
}
