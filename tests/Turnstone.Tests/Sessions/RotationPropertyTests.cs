using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Turnstone.Model;
using Turnstone.Sessions;
using static Turnstone.Tests.Sessions.RotationRows;

namespace Turnstone.Tests.Sessions;

/// <summary>
/// Random histories of one session, held against what must be true of any: a client that refreshes, loses answers and
/// retries; a thief who copies tokens when he can and uses them when he likes; revocations; time that passes.
/// </summary>
[Properties(MaxTest = 2_000, EndSize = 60)]
public sealed class RotationPropertyTests
{
    private static readonly Terms LongTerms = Usual with { RefreshLifetime = TimeSpan.FromDays(30) };

    public enum Step
    {
        Refresh,
        RefreshAndLose,
        ThiefCopies,
        ThiefRefreshes,
        Wait,
        Revoke,
    }

    [Property]
    public void Whatever_happens_there_is_one_live_successor_and_none_after_a_revocation(Step[] history)
    {
        var world = new World(withKeys: history.Length % 2 == 0);
        foreach (var step in history)
        {
            world.Do(step);
            world.AssertOneLiveSuccessor();
        }
    }

    [Property(Arbitrary = [typeof(ClientAlone)])]
    public void A_client_that_only_ever_loses_answers_is_never_logged_out(Step[] history)
    {
        var world = new World(withKeys: true);
        foreach (var step in history)
        {
            world.Do(step);
            Assert.Null(world.Row.RevokedAt);
        }

        world.Do(Step.Refresh);
        Assert.Equal(world.Row.Generation, world.ClientHolds);
    }

    [Property(Arbitrary = [typeof(ClientAlone)])]
    public void A_token_two_generations_old_always_ends_the_session(Step[] history)
    {
        var world = new World(withKeys: history.Length % 2 == 0);
        Array.ForEach(history, world.Do);
        if (world.Row.RevokedAt is null && world.Row.Generation >= 2)
        {
            for (var old = 0u; old <= world.Row.Generation - 2; old++)
            {
                Assert.Equal(
                    RotationKind.Reuse,
                    Rotation.Decide(world.Row, Attempt(old, world.LastKey, LongTerms), world.Now).Kind
                );
            }
        }
    }

    [Property]
    public void A_thief_and_the_client_never_both_go_on(Step[] history)
    {
        var world = new World(withKeys: true);
        Array.ForEach(history, world.Do);

        // Both refresh with what they have, one after the other, each as often as the other lets it.
        if (world.ThiefHolds is not null && world.Row.RevokedAt is null && world.Pending is null)
        {
            for (var i = 0; i < 3; i++)
            {
                world.Do(Step.ThiefRefreshes);
                world.Do(Step.Wait);
                world.Do(Step.Refresh);
                world.Do(Step.Wait);
            }

            Assert.NotNull(world.Row.RevokedAt);
        }
    }

    /// <summary>Histories without a thief and without a revocation.</summary>
    public static class ClientAlone
    {
        public static Arbitrary<Step[]> Histories() =>
            Gen.Elements(Step.Refresh, Step.RefreshAndLose, Step.Wait).ArrayOf().ToArbitrary();
    }

    /// <summary>The model: a row, a client that keeps the last token it received, and a thief.</summary>
    private sealed class World(bool withKeys)
    {
        private byte keys;

        public Session Row { get; private set; } = Row(0, LongTerms);

        public DateTimeOffset Now { get; private set; } = Noon;

        public uint ClientHolds { get; private set; }

        public uint? ThiefHolds { get; private set; }

        /// <summary>The key of a refresh whose answer was lost; the client repeats with it.</summary>
        public byte[]? Pending { get; private set; }

        public byte[]? LastKey { get; private set; }

        public void Do(Step step)
        {
            switch (step)
            {
                case Step.Refresh:
                    ClientRefreshes(answerArrives: true);
                    break;
                case Step.RefreshAndLose:
                    ClientRefreshes(answerArrives: false);
                    break;
                case Step.ThiefCopies:
                    ThiefHolds = ClientHolds;
                    break;
                case Step.ThiefRefreshes when ThiefHolds is { } stolen:
                    ThiefHolds = Send(stolen, null) ?? stolen;
                    break;
                case Step.Wait:
                    // Longer than any retry window without a key, shorter than a proven repeat's day.
                    Now += withKeys ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(20);
                    break;
                case Step.Revoke:
                    Row = Rotation.Ended(Row, RevocationReason.Logout, Now);
                    break;
                default:
                    break;
            }
        }

        public void AssertOneLiveSuccessor()
        {
            for (var generation = 0u; generation <= Row.Generation; generation++)
            {
                var decision = Rotation.Decide(Row, Attempt(generation, LastKey, LongTerms), Now);
                if (Row.RevokedAt is not null)
                {
                    Assert.Equal(RotationKind.Revoked, decision.Kind);
                }
                else if (decision.Grants)
                {
                    // What is handed out is the row's own token or its one successor: never two successors side by
                    // side.
                    Assert.True(generation + 1 >= Row.Generation);
                    Assert.Equal(generation + 1, decision.Session!.Generation);
                }
            }
        }

        private void ClientRefreshes(bool answerArrives)
        {
            var key = withKeys ? Pending ?? NewKey() : null;
            var answer = Send(ClientHolds, key);
            Pending = answerArrives ? null : key;
            if (answerArrives && answer is { } generation)
            {
                ClientHolds = generation;
            }
        }

        private uint? Send(uint generation, byte[]? key)
        {
            var decision = Rotation.Decide(Row, Attempt(generation, key, LongTerms), Now);
            if (decision.Writes)
            {
                Row = decision.Session!;
            }

            if (decision.Kind is RotationKind.Advance)
            {
                LastKey = key;
            }

            return decision.Grants ? decision.Session!.Generation : null;
        }

        private byte[] NewKey() => [.. Enumerable.Repeat(++keys, 32)];
    }
}
