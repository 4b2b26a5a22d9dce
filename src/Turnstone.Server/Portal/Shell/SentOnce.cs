using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// A form whose answer shows a secret is accepted once. Reloading or going back sends the form again, and that must
/// neither create another secret nor show the old one. The tickets of open forms are in an HttpOnly cookie, so any node
/// knows them. This does not protect against a copied cookie; the password does.
/// </summary>
public static class SentOnce
{
    /// <summary>The form field that carries the ticket.</summary>
    public const string Field = "once";

    private const string Key = "open-forms";
    private const int MostOpen = 8;
    private const int TicketSize = 9;

    /// <summary>
    /// A ticket for a form. If there are too many, the oldest is dropped, and its form has to be opened again.
    /// </summary>
    public static string Issue(ITempDataDictionary kept, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(random);
        var ticket = Base64UrlText.Encode(random.Bytes(TicketSize));
        kept[Key] = string.Join(' ', Open(kept).Append(ticket).TakeLast(MostOpen));
        return ticket;
    }

    /// <summary>Uses the ticket; false if it was used before.</summary>
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
