using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// A form whose answer shows a secret is taken once: reloading that answer, or going back to it, sends the same form
/// again, and must neither make another secret nor show the old one. The browser keeps the tickets of the forms it has
/// open in a cookie of ours that it cannot read, so any node knows them. It is no protection against whoever keeps a
/// copy of the cookie; that is what the password beside it is for.
/// </summary>
public static class SentOnce
{
    /// <summary>The form field that carries the ticket.</summary>
    public const string Field = "once";

    private const string Key = "open-forms";
    private const int MostOpen = 8;
    private const int TicketSize = 9;

    /// <summary>
    /// A ticket for a form that is being shown. The oldest of too many is forgotten: its form has to be opened again.
    /// </summary>
    public static string Issue(ITempDataDictionary kept, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(random);
        var ticket = Base64UrlText.Encode(random.Bytes(TicketSize));
        kept[Key] = string.Join(' ', Open(kept).Append(ticket).TakeLast(MostOpen));
        return ticket;
    }

    /// <summary>Whether this form was still open; it is not any more.</summary>
    public static bool Take(ITempDataDictionary kept, string? ticket)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var open = Open(kept);
        var left = open.Where(other => other != ticket).ToList();
        kept[Key] = string.Join(' ', left);
        return left.Count < open.Length;
    }

    private static string[] Open(ITempDataDictionary kept) =>
        (kept.Peek(Key) as string ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
