using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Administration.Clients;

/// <summary>
/// One client; an administrator can give it what its owner cannot, disable it and end its sessions.
/// </summary>
public sealed class ClientPage(
    IClientStore clients,
    ISessionStore sessions,
    IAccountStore accounts,
    ClientAdministration administration,
    Endings endings,
    Apis known,
    Names names,
    Reader reader
) : AdministrationPage
{
    private const string RightsHandler = "Rights";

    public Client Client { get; private set; } = null!;

    public string? Owner { get; private set; }

    /// <summary>The email of the account whose sessions are looked for.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    /// <summary>Where the list of sessions goes on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public SessionsInParts Sessions { get; private set; } = new([], null, null);

    /// <summary>The identifiers of the APIs that it may use by name.</summary>
    [BindProperty]
    public IReadOnlyList<string?> ByName { get; set; } = [];

    /// <summary>The grants that only an administrator gives.</summary>
    [BindProperty]
    public IReadOnlyList<string?> Given { get; set; } = [];

    /// <summary>The revision that the form was filled from: who saves an older one undoes nothing of another.</summary>
    [BindProperty]
    public long Revision { get; set; }

    public bool MayBeGiven => ClientAdministration.MayBeGiven(Client);

    public IEnumerable<string> OfferedGrants => ClientAdministration.GrantsFor(Client);

    /// <summary>Each API that it can be let use: its identifier, and its name if it is still there.</summary>
    public IEnumerable<(string Identifier, string? Name)> OfferedApis =>
        administration.ApisFor(Client).Select(one => (one, known.Find(one)?.Name));

    public ActForm RightsForm => Form(new(RightsHandler, "", "") { AsksPassword = true });

    /// <summary>A form that was refused shows why.</summary>
    public bool RightsOpen => RightsForm.Open || ModelState[nameof(ByName)]?.Errors.Count > 0;

    public async Task<IActionResult> OnGetAsync([FromRoute] string id)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        Fill();
        return Page();
    }

    public async Task<IActionResult> OnPostRightsAsync([FromRoute] string id)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (await JustifyAsync(RightsHandler, password: true) is not { } caller)
        {
            return Page();
        }

        var (resources, grants) = (ByName.OfType<string>().ToList(), Given.OfType<string>().ToList());
        var outcome = await administration.SetRightsAsync(id, Revision, resources, grants, caller, Cancel);
        if (outcome is not RightsOutcome.Saved)
        {
            Refuse(nameof(ByName), Words[$"Rights{outcome}"]);
            return Page();
        }

        SetNotice(Words["RightsSaved", Client.Name]);
        return Redirect(AdministrationRoutes.Client(id));
    }

    public Task<IActionResult> OnPostDisableAsync([FromRoute] string id) =>
        ActAsync(
            id,
            "Disable",
            async caller =>
            {
                await administration.SetEnabledAsync(id, false, caller, Cancel);
                return Words["ClientDisabled", Client.Name];
            }
        );

    public Task<IActionResult> OnPostEnableAsync([FromRoute] string id) =>
        ActAsync(
            id,
            "Enable",
            async caller =>
            {
                await administration.SetEnabledAsync(id, true, caller, Cancel);
                return Words["ClientEnabled", Client.Name];
            }
        );

    public Task<IActionResult> OnPostEndSessionsAsync([FromRoute] string id) =>
        ActAsync(
            id,
            "EndSessions",
            async caller =>
                Words.Counted(
                    "EndSessionsDone",
                    (
                        await endings.EndSessionsAsync(
                            new EndTarget.OfClient(id),
                            caller,
                            nameof(RevocationReason.ByOperator),
                            Cancel
                        )
                    ).Sessions
                        ?? new()
                )
        );

    public Task<IActionResult> OnPostEndSessionAsync([FromRoute] string id) =>
        ActAsync(
            id,
            "EndSession",
            async caller =>
                Words[
                    SessionId.TryParse(Target, out var session)
                    && await EndAsync(session.Value, SessionHolder.Client(id), caller)
                        ? "EndSessionDone"
                        : "EndSessionWasSo"
                ]
        );

    /// <summary>The client's own policy, or that of the contract.</summary>
    public string Policy(TimeSpan? own) => own is { } span ? reader.Span(span) : Words["AsContract"];

    public string Policy(EarlyRefresh? own) => own is { } early ? Words[$"Early_{early}"] : Words["AsContract"];

    public string Policy(SigningAlgorithm? own) => own?.ToString() ?? Words["AsContract"];

    /// <summary>The ways in which it may prove itself: one that was registered, or all that are taken.</summary>
    public IEnumerable<ClientMethod> Methods => Enum.GetValues<ClientMethod>().Where(Client.Takes);

    public SessionList SessionList =>
        new(this, Sessions, new Dictionary<string, string> { [Client.Id] = Client.Name }, Path);

    public string Path => AdministrationRoutes.Client(Client.Id);

    private async Task<IActionResult> ActAsync(string id, string handler, Func<Caller, Task<string>> act)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (await JustifyAsync(handler) is not { } caller)
        {
            Fill();
            return Page();
        }

        SetNotice(await act(caller));
        return Redirect(AdministrationRoutes.Client(id));
    }

    // Values of another form of this page must not appear in these fields.
    private void Fill() =>
        (ByName, Given, Revision) = (Client.Resources.Identifiers, Client.GrantTypes, Client.Revision);

    private async Task<bool> LoadAsync(string? id)
    {
        if (
            id is not { Length: >= 1 and <= ClientDirectory.LongestId }
            || id.Any(char.IsControl)
            || await clients.FindAsync(id, Cancel) is not { } client
        )
        {
            return false;
        }

        (Client, Owner) = (client, await names.EmailAsync(client.OwnerId, Cancel));
        if (await SoughtAsync(id) is { } holder)
        {
            Sessions = await SessionsInParts.ReadAsync(sessions, holder, After, Cancel);
        }

        return true;
    }

    /// <summary>Whose sessions are shown; null where nobody has the email that is looked for.</summary>
    private async Task<SessionHolder?> SoughtAsync(string id) =>
        string.IsNullOrWhiteSpace(Find) ? SessionHolder.Client(id)
        : EmailAddress.TryNormalize(Find, out var email)
        && await accounts.FindByEmailAsync(email, Cancel) is { } account
            ? SessionHolder.Consent(account.Id, id)
        : null;
}
