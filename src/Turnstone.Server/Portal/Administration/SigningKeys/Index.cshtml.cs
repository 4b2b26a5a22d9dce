using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Administration.SigningKeys;

/// <summary>The key that signs for an algorithm, its contracts, and the clients that chose the algorithm.</summary>
public sealed record SigningNow(
    SigningAlgorithm Algorithm,
    PlannedKey? Key,
    PlannedKey? Next,
    IReadOnlyList<string> Contracts,
    int Clients
);

/// <summary>The schedule of the signing keys. "Rotate now" and "retire" do the same as the commands.</summary>
public sealed class SigningKeysPage(
    SigningKeyRing ring,
    ISigningKeyStore store,
    KeyCalendar calendar,
    IClientStore clients,
    ContractsSettings contracts,
    TimeProvider time
) : AdministrationPage
{
    private const string Path = $"{AdministrationRoutes.Root}/keys";

    public IReadOnlyList<PlannedKey> Keys { get; private set; } = [];

    public KeyTimeline Timeline { get; private set; } = null!;

    public IReadOnlyList<SigningNow> Now { get; private set; } = [];

    public Task OnGetAsync() => LoadAsync();

    public async Task<IActionResult> OnPostRotateAsync()
    {
        if (
            !Enum.TryParse<SigningAlgorithm>(Target, out var algorithm)
            || !Enum.IsDefined(algorithm)
            || Target != algorithm.ToString()
        )
        {
            return NotFound();
        }

        if (await JustifyAsync("Rotate") is not { } caller)
        {
            await LoadAsync();
            return Page();
        }

        var key = await ring.RotateAsync(algorithm, caller, Cancel);
        SetNotice(Words["RotateDone", key.Kid]);
        return Redirect(Path);
    }

    public async Task<IActionResult> OnPostRetireAsync()
    {
        await LoadAsync();
        if (Keys.FirstOrDefault(key => key.Kid == Target) is not { } key)
        {
            return NotFound();
        }

        if (await JustifyAsync("Retire", password: true) is not { } caller)
        {
            return Page();
        }

        await ring.RetireAsync(key.Kid, caller, Cancel);
        SetNotice(Words["RetireDone", key.Kid]);
        return Redirect(Path);
    }

    private async Task LoadAsync()
    {
        var now = time.GetUtcNow();
        Keys = PlannedKey.Of(await store.ListAsync(Cancel), calendar, now);
        Timeline = new KeyTimeline(Keys, now);
        var chosen = (await clients.ListAsync(null, Cancel))
            .Select(client => client.Algorithm)
            .OfType<SigningAlgorithm>()
            .ToList();
        Now =
        [
            .. Enum.GetValues<SigningAlgorithm>()
                .Select(algorithm => new SigningNow(
                    algorithm,
                    Keys.FirstOrDefault(key => key.Algorithm == algorithm && key.Phase is KeyPhase.Signing),
                    Keys.FirstOrDefault(key => key.Algorithm == algorithm && key.Phase is KeyPhase.Waiting),
                    [
                        .. contracts
                            .List.All.Where(contract => contracts.Of(contract).SigningAlgorithm == algorithm)
                            .Select(contract => contract.Prefix),
                    ],
                    chosen.Count(own => own == algorithm)
                )),
        ];
    }
}
