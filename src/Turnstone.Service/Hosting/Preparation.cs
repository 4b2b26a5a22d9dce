using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Revocation;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Everything that has to be done before the first request and before the background services. If they had started, a
/// failure here would cut them off and print a stack trace.
/// </summary>
public sealed class Preparation(
    Store store,
    ServerSettings settings,
    SigningKeyRing ring,
    RevokedSessions revoked,
    PasswordHashing passwords,
    ScopeCheck scopes,
    Apis apis,
    IEnumerable<IPreparationStep> steps,
    ILogger<Preparation> log
) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await Pooler.RefuseAsync(store, cancellationToken);
        await Replication.RequireAsync(store, settings.Turnstone, cancellationToken);
        if (settings.Production)
        {
            await NoStore.RefuseAsync(store, settings, cancellationToken);
        }

        var applied = await store.Migrations.ApplyAsync(cancellationToken);
        if (applied > 0)
        {
            log.Migrated(applied);
        }

        // Asked before anything is recorded: what is recorded from now on bears the time that may be wrong. The upkeep
        // says what is wrong with it.
        await store.Clock.IsRightAsync(cancellationToken);
        await ring.TendAsync(cancellationToken);
        await JournalPlace.StartAsync(store, log, cancellationToken);
        await revoked.RefreshAsync(cancellationToken);
        if (passwords.UsesSecondChoice)
        {
            log.ArgonMissing();
        }

        foreach (var step in steps)
        {
            await step.PrepareAsync(cancellationToken);
        }

        await apis.RefreshAsync(cancellationToken);

        // Last, because a provisioning file may put right what is wrong.
        await scopes.RequireKnownAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A step before the first request, on a migrated store: provisioning, demo data.</summary>
public interface IPreparationStep
{
    Task PrepareAsync(CancellationToken cancellationToken);
}
