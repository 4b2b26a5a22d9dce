using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Portal.Shell;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>
/// The active sessions of the account and of its applications, and the applications with access to the account.
/// </summary>
public sealed class SessionsPage(
    OwnSessions own,
    ActingClients acting,
    SessionRevocation revocation,
    IConsentStore consents,
    IClientStore clients,
    IAccountStore accounts,
    IApiKeyStore apiKeys,
    OwnApplications applications,
    TimeProvider time,
    IStringLocalizer<SessionsWords> words
) : PortalPage
{
    public const int PageSize = 100;

    /// <summary>Whose sessions: null for all, the account's, or one client's.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Of { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>A part of the name of an application with access.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    /// <summary>The page of those that act for the account, and that of those with access to it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ActingNumber { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ConsentNumber { get; set; }

    public IReadOnlyList<SessionGroup> Groups { get; private set; } = [];

    /// <summary>The keys that the filter offers.</summary>
    public IReadOnlyList<ApiKey> Keys { get; private set; } = [];

    /// <summary>The position of the next page; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>Who acts for the account by exchanged tokens, and by what name.</summary>
    public Listing<(Delegation Acts, string Name)> Acting { get; private set; } =
        Listing.Empty<(Delegation Acts, string Name)>();

    public Listing<ConsentRow> Consents { get; private set; } = Listing.Empty<ConsentRow>();

    /// <summary>Whether there are so many with access that one would search.</summary>
    public bool OffersSearch { get; private set; }

    public IReadOnlyList<Client> Applications { get; private set; } = [];

    /// <summary>The URL that a form of this page posts to; it keeps the selection.</summary>
    public string Path(string? handler = null) =>
        "/portal/sessions"
        + QueryString.Create(
            new Dictionary<string, string?> { ["handler"] = handler, ["of"] = Of }.Where(pair =>
                !string.IsNullOrEmpty(pair.Value)
            )
        );

    public async Task<IActionResult> OnGetAsync()
    {
        var holders = await HoldersAsync();
        if (holders.Count == 0)
        {
            return NotFound();
        }

        var found = await own.ListAsync(holders, PageSize + 1, PageMark.Read(After), Cancel);
        Next = found.Count > PageSize ? PageMark.Write(SessionPlace.Of(found[PageSize - 1])) : null;
        Applications = await applications.ListAsync(Me.Id, Cancel);
        var names = new ClientNames(clients, Applications);
        Keys = [.. (await apiKeys.ListAsync(Me.Id, Cancel)).Where(key => key.RevokedAt is null)];
        Groups = SessionGroup.Of(
            await RowsAsync(found.Take(PageSize), names),
            Applications.Select(client => client.Id).ToHashSet()
        );
        var (acts, given) = (await ActingAsync(names), await ConsentsAsync(names));
        OffersSearch = acts.Count + given.Count >= Listing.Few || !string.IsNullOrEmpty(Find);
        Acting = Listing.Of(acts, Find, ActingNumber, row => [row.Name]);
        Consents = Listing.Of(given, Find, ConsentNumber, row => [row.Name, row.Owner]);
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(string? id)
    {
        if (
            !SessionId.TryParse(id, out var session)
            || !await own.EndAsync(await HoldersAsync(), session.Value, Caller, Cancel)
        )
        {
            return NotFound();
        }

        SetNotice(words["Ended"]);
        return Redirect(Path());
    }

    public async Task<IActionResult> OnPostOthersAsync(string? id)
    {
        var holders = await HoldersAsync();
        if (!SessionId.TryParse(id, out var kept) || await own.FindAsync(holders, kept.Value, Cancel) is null)
        {
            return NotFound();
        }

        return BackWithNotice(await own.EndAllAsync(Me.Id, holders, Caller, Cancel, except: kept));
    }

    public async Task<IActionResult> OnPostAllAsync()
    {
        var holders = await HoldersAsync();
        return holders.Count == 0 ? NotFound() : BackWithNotice(await own.EndAllAsync(Me.Id, holders, Caller, Cancel));
    }

    /// <summary>Ends all of one key or application, those on the next pages too.</summary>
    public async Task<IActionResult> OnPostGroupAsync(string? group)
    {
        if (group is OwnSessions.Direct)
        {
            return BackWithNotice(await own.EndDirectAsync(Me.Id, Caller, Cancel));
        }

        var holders = string.IsNullOrEmpty(group) ? [] : await own.HoldersAsync(Me.Id, group, Cancel);
        return holders.Count == 0 ? NotFound() : BackWithNotice(await own.EndAllAsync(Me.Id, holders, Caller, Cancel));
    }

    public async Task<IActionResult> OnPostWithdrawAsync(string? clientId)
    {
        if (
            clientId is not { Length: >= 1 and <= ClientDirectory.LongestId }
            || !clientId.All(c => c is >= ' ' and <= '~')
            || await revocation.WithdrawAsync(Me.Id, clientId, Caller, Cancel) is not { } ended
        )
        {
            return NotFound();
        }

        SetNotice(words.Counted("Withdrawn", ended));
        return Redirect(Path());
    }

    public async Task<IActionResult> OnPostStopAsync(string? clientId)
    {
        if (!await acting.EndAsync(Me.Id, clientId, Caller, Cancel))
        {
            return NotFound();
        }

        SetNotice(words["Stopped"]);
        return Redirect(Path());
    }

    private Task<IReadOnlyList<SessionHolder>> HoldersAsync() => own.HoldersAsync(Me.Id, Of, Cancel);

    private RedirectResult BackWithNotice(SessionCount ended)
    {
        SetNotice(words.Counted("Ended", ended));
        return Redirect(Path());
    }

    private async Task<IReadOnlyList<SessionRow>> RowsAsync(IEnumerable<Session> sessions, ClientNames names)
    {
        var keys = (await apiKeys.ListAsync(Me.Id, Cancel)).ToDictionary(key => key.Id, key => key.Name);
        var rows = new List<SessionRow>();
        foreach (var session in sessions)
        {
            var key = session.ApiKeyId is { } id ? keys.GetValueOrDefault(id) : null;
            var client = session.ClientId is { } clientId ? await names.OfAsync(clientId, Cancel) : null;
            rows.Add(new(session, session.AccountId is null || session.AccountId == Me.Id, client, key));
        }

        return rows;
    }

    private async Task<IReadOnlyList<(Delegation Acts, string Name)>> ActingAsync(ClientNames names)
    {
        var rows = new List<(Delegation Acts, string Name)>();
        foreach (var one in await acting.ListAsync(Me.Id, Cancel))
        {
            rows.Add((one, await names.OfAsync(one.ClientId, Cancel)));
        }

        return rows;
    }

    private async Task<IReadOnlyList<ConsentRow>> ConsentsAsync(ClientNames names)
    {
        var rows = new List<ConsentRow>();
        var now = time.GetUtcNow();
        var standing = (await consents.ListAsync(Me.Id, Cancel)).Where(consent => consent.Stands(now));
        foreach (var given in standing.GroupBy(consent => consent.ClientId))
        {
            var owner = (await names.FindAsync(given.Key, Cancel))?.OwnerId;
            rows.Add(
                new(
                    given.Key,
                    await names.OfAsync(given.Key, Cancel),
                    owner is { } id ? (await accounts.FindAsync(id, Cancel))?.Email : null,
                    [.. given.SelectMany(consent => consent.Scopes.Names).Distinct()],
                    given.Min(consent => consent.GivenAt),
                    given.Any(consent => consent.EndsAt is null) ? null : given.Max(consent => consent.EndsAt)
                )
            );
        }

        return rows;
    }
}
