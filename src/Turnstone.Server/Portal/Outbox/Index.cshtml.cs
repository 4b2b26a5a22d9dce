using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Mail;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Outbox;

/// <summary>The emails of a development server without a mail server. Other servers do not have this page.</summary>
[AllowAnonymous]
public sealed class OutboxPage(MailQueue queue, Mail.Outbox outbox, TurnstoneSettings settings) : PageModel
{
    public const string Path = "/portal/outbox";

    /// <summary>A part of an address, a subject or a text.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public bool OffersSearch { get; private set; }

    public Listing<OutboxLetter> Letters { get; private set; } = Listing.Empty<OutboxLetter>();

    public IActionResult OnGet()
    {
        if (queue.Way is not MailWay.Outbox)
        {
            return NotFound();
        }

        if (!IsOurName(Request.Host.Host))
        {
            return StatusCode(StatusCodes.Status421MisdirectedRequest);
        }

        OffersSearch = outbox.Letters.Count >= Listing.Few || !string.IsNullOrEmpty(Find);
        Letters = Listing.Of(
            outbox.Letters,
            Find,
            Number,
            item => [item.Letter.To, item.Letter.Subject, item.Letter.Text]
        );
        return Page();
    }

    /// <summary>
    /// A name of this machine, or the issuer's. A web page elsewhere can let its own name lead here (DNS rebinding) and
    /// would read the emails.
    /// </summary>
    private bool IsOurName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address))
        || host.Equals(new Uri(settings.Issuer).Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// An email's text with its links. Only their paths are used, because the portal may have another host name than
    /// the issuer.
    /// </summary>
    public IEnumerable<(string Text, string? Link)> Pieces(Letter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        var rest = letter.Text;
        for (
            var start = rest.IndexOf($"{settings.Issuer}/", StringComparison.Ordinal);
            start >= 0;
            start = rest.IndexOf($"{settings.Issuer}/", StringComparison.Ordinal)
        )
        {
            var end = rest.AsSpan(start).IndexOfAny(" \r\n");
            end = end < 0 ? rest.Length : start + end;
            yield return (rest[..start], null);
            yield return (rest[start..end], new Uri(rest[start..end]).PathAndQuery);
            rest = rest[end..];
        }

        yield return (rest, null);
    }
}
