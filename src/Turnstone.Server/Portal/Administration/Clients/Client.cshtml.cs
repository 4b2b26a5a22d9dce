using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Administration.Clients;

/// <summary>One client, read-only; an administrator can disable it and end its sessions.</summary>
public sealed class ClientPage(
    IClientStore clients,
    ISessionStore sessions,
    ClientAdministration administration,
    Endings endings,
    Names names
) : AdministrationPage
{
    public const int MostSessions = 50;

    public Client Client { get; private set; } = null!;

    public string? Owner { get; private set; }

    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync([FromRoute] string id) => await LoadAsync(id) ? Page() : NotFound();

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

    /// <summary>The client's own policy, or that of the contract.</summary>
    public string Policy(TimeSpan? own) => own is { } span ? $"{span.TotalSeconds:0} s" : Words["AsContract"];

    public string Policy<T>(T? own)
        where T : struct, Enum => own?.ToString() ?? Words["AsContract"];

    private async Task<IActionResult> ActAsync(string id, string handler, Func<Caller, Task<string>> act)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (await JustifyAsync(handler) is not { } caller)
        {
            return Page();
        }

        SetNotice(await act(caller));
        return Redirect(AdministrationRoutes.Client(id));
    }

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
        Sessions = await sessions.ListAsync(SessionHolder.Client(id), MostSessions, Cancel);
        return true;
    }
}
