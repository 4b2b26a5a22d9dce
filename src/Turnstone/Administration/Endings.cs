using System.Runtime.CompilerServices;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Administration;

/// <summary>
/// Ends everything that opens sessions for a customer, a client, a product or everyone. It goes in steps, each a commit
/// that lets others between; begun again, it goes on where it was interrupted.
/// </summary>
public sealed class Endings(IEndingStore store, ISessionStore sessions, SessionRevocation revocation)
{
    // While a step makes marks, refreshes wait for its commit.
    private const int Step = 20;
    private const int StepWithoutMarks = 200;

    /// <summary>What would end now; nothing is changed.</summary>
    public async Task<EndCount> PreviewAsync(EndTarget target, CancellationToken cancellationToken)
    {
        var count = Nothing(target);
        HashSet<Guid> subscriptions = [];
        await foreach (var step in StepsAsync(target, cancellationToken))
        {
            count += await store.CountAsync(step, cancellationToken);
            subscriptions.UnionWith(step.Subscriptions);
        }

        return target switch
        {
            EndTarget.OfProduct => count with { Sessions = await CountAsync(subscriptions, cancellationToken) },
            EndTarget.OfEveryone => count with { Sessions = await CountAsync(null, cancellationToken) },
            _ => count,
        };
    }

    public async Task<EndCount> EndAsync(
        EndTarget target,
        Caller caller,
        string detail,
        CancellationToken cancellationToken
    )
    {
        if (target is EndTarget.OfEveryone)
        {
            await EndEveryonesSessionsAsync(caller, detail, cancellationToken);
        }

        var count = Nothing(target);
        await foreach (var step in StepsAsync(target, cancellationToken))
        {
            count += await store.EndAsync(step, caller, detail, cancellationToken);
        }

        // What was opened before its credential had its turn.
        if (target is EndTarget.OfEveryone)
        {
            await EndEveryonesSessionsAsync(caller, detail, cancellationToken);
        }

        return count;
    }

    /// <summary>How many sessions would end if what opens them stays; nothing is changed.</summary>
    public async Task<EndCount> PreviewSessionsAsync(EndTarget target, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case EndTarget.OfEveryone:
                return new() { Sessions = await CountAsync(null, cancellationToken) };
            case EndTarget.OfClient { Id: var id }:
                var live = await sessions.ListAsync(SessionHolder.Client(id), SessionCount.Most, cancellationToken);
                return new() { Sessions = new(live.Count, live.Count == SessionCount.Most) };
            default:
                var count = Nothing(target);
                await foreach (var step in StepsAsync(target, cancellationToken))
                {
                    count += await store.CountAsync(Kept(step), cancellationToken);
                }

                return count;
        }
    }

    /// <summary>Ends sessions, those of accounts at the portal too; what opens them stays.</summary>
    public async Task<EndCount> EndSessionsAsync(
        EndTarget target,
        Caller caller,
        string detail,
        CancellationToken cancellationToken
    )
    {
        switch (target)
        {
            case EndTarget.OfEveryone:
                await EndEveryonesSessionsAsync(caller, detail, cancellationToken);
                return new();
            case EndTarget.OfClient { Id: var id }:
                return new()
                {
                    Sessions = await revocation.EndAllAsync(
                        SessionHolder.Client(id),
                        RevocationReason.ByOperator,
                        caller,
                        cancellationToken,
                        detail
                    ),
                };
            default:
                var count = Nothing(target);
                await foreach (var step in StepsAsync(target, cancellationToken))
                {
                    count += await store.EndAsync(Kept(step), caller, detail, cancellationToken);
                }

                return count;
        }
    }

    // A product's subscriptions are what opens its sessions: nothing of it would be left to end.
    private static EndStep Kept(EndStep step) =>
        step is { Clients.Count: 0, Subscriptions.Count: 0 }
            ? step with
            {
                KeepsCredentials = true,
            }
            : throw new ArgumentException("Only accounts are ended in steps without their credentials.", nameof(step));

    private async Task<SessionCount> CountAsync(
        IReadOnlySet<Guid>? subscriptions,
        CancellationToken cancellationToken
    ) => new(await store.CountSessionsAsync(subscriptions, cancellationToken));

    private static EndCount Nothing(EndTarget target) =>
        new() { Sessions = target is EndTarget.OfAccounts or EndTarget.OfClient ? new SessionCount() : null };

    private Task<SessionCount> EndEveryonesSessionsAsync(
        Caller caller,
        string detail,
        CancellationToken cancellationToken
    ) => revocation.EndAllAsync(SessionHolder.Everyone, RevocationReason.ByOperator, caller, cancellationToken, detail);

    private IAsyncEnumerable<EndStep> StepsAsync(EndTarget target, CancellationToken cancellationToken) =>
        target switch
        {
            EndTarget.OfAccounts { Ids: var ids } => Each(
                ids.Distinct().Chunk(Step),
                some => new() { Accounts = some }
            ),
            EndTarget.OfClient { Id: var id } => Each([id], one => new EndStep { Clients = [one] }),
            EndTarget.OfProduct { Id: var product } => PagesAsync(
                Guid.Empty,
                after => store.SubscriptionsAsync(product, after, Step, cancellationToken),
                some => new() { Subscriptions = some }
            ),
            _ => OfEveryoneAsync(cancellationToken),
        };

    private async IAsyncEnumerable<EndStep> OfEveryoneAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var accounts = PagesAsync(
            Guid.Empty,
            after => store.AccountsAsync(after, StepWithoutMarks, cancellationToken),
            some => new() { Accounts = some, EndsSessions = false }
        );
        await foreach (var step in accounts)
        {
            yield return step;
        }

        var clients = PagesAsync(
            "",
            after => store.UnownedClientsAsync(after, StepWithoutMarks, cancellationToken),
            some => new() { Clients = some, EndsSessions = false }
        );
        await foreach (var step in clients)
        {
            yield return step;
        }
    }

    private static async IAsyncEnumerable<EndStep> PagesAsync<TId>(
        TId first,
        Func<TId, Task<IReadOnlyList<TId>>> read,
        Func<IReadOnlyList<TId>, EndStep> step
    )
    {
        for (var page = await read(first); page.Count > 0; page = await read(page[^1]))
        {
            yield return step(page);
        }
    }

    private static async IAsyncEnumerable<EndStep> Each<T>(IEnumerable<T> parts, Func<T, EndStep> step)
    {
        await Task.CompletedTask;
        foreach (var part in parts)
        {
            yield return step(part);
        }
    }
}
