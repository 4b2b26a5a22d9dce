using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Audit;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.AuditSearch;

/// <summary>The search of the audit log, as in the URL of the page and its exports.</summary>
public abstract class AuditSearchForm(IAccountStore accounts, Reader reader) : AdministrationPage
{
    [BindProperty(SupportsGet = true)]
    public string? Event { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Outcome { get; set; }

    /// <summary>The email of the account concerned.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Client { get; set; }

    /// <summary>The email of the administrator who acted.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Actor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Before { get; set; }

    /// <summary>Something was searched for, or is wrong.</summary>
    public bool IsNarrowed =>
        !ModelState.IsValid
        || new[] { Event, Outcome, Account, Client, Actor, From, To }.Any(part => !string.IsNullOrEmpty(part));

    /// <summary>The store's query; null, with an error beside each wrong field, if the search is invalid.</summary>
    protected async Task<AuditQuery?> ReadAsync(int limit)
    {
        var query = new AuditQuery
        {
            Event = EventOf(),
            Refused =
                Outcome is "refused" ? true
                : Outcome is "done" ? false
                : null,
            AccountId = await AccountAsync(nameof(Account), Account),
            ClientId = ClientOf(),
            ActorId = await AccountAsync(nameof(Actor), Actor),
            Since = DayOf(nameof(From), From),
            Until = DayOf(nameof(To), To, 1),
            Before = Guid.TryParseExact(Before, "D", out var before) ? before : null,
            Limit = limit,
        };
        return ModelState.IsValid ? query : null;
    }

    /// <summary>A link with the same search.</summary>
    public string Link(string path, params (string Name, string? Value)[] more)
    {
        var fields = new (string Name, string? Value)[]
        {
            (nameof(Event), Event),
            (nameof(Outcome), Outcome),
            (nameof(Account), Account),
            (nameof(Client), Client),
            (nameof(Actor), Actor),
            (nameof(From), From),
            (nameof(To), To),
        };
        var given = fields.Concat(more).Where(field => !string.IsNullOrEmpty(field.Value));
        var query = given.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}");
        return $"{path}?{string.Join('&', query)}";
    }

    private AuditEvent? EventOf()
    {
        if (string.IsNullOrEmpty(Event))
        {
            return null;
        }

        if (Enum.GetNames<AuditEvent>().Contains(Event))
        {
            return Enum.Parse<AuditEvent>(Event);
        }

        Refuse(nameof(Event), Words["UnknownEvent"]);
        return null;
    }

    private async Task<Guid?> AccountAsync(string field, string? email)
    {
        if (string.IsNullOrWhiteSpace(email))
        {
            return null;
        }

        if (
            EmailAddress.TryNormalize(email, out var normalized)
            && await accounts.FindByEmailAsync(normalized, Cancel) is { } account
        )
        {
            return account.Id;
        }

        Refuse(field, Words["NoSuchAccount"]);
        return null;
    }

    private string? ClientOf()
    {
        var client = Client?.Trim() ?? "";
        if (client.Length > ClientDirectory.LongestId || client.Any(char.IsControl))
        {
            Refuse(nameof(Client), Words["ClientPartWrong"]);
            return null;
        }

        return client.Length == 0 ? null : client;
    }

    /// <summary>Days begin at midnight in the reader's time zone.</summary>
    private DateTimeOffset? DayOf(string field, string? text, int add = 0)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 2000 and < 9000
        )
        {
            var midnight = day.AddDays(add).ToDateTime(TimeOnly.MinValue);
            return new DateTimeOffset(midnight, reader.Zone.GetUtcOffset(midnight));
        }

        Refuse(field, Words["DayWrong"]);
        return null;
    }
}
