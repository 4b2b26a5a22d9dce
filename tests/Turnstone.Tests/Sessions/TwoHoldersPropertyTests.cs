using FsCheck.Xunit;
using Turnstone.Sessions;

namespace Turnstone.Tests.Sessions;

/// <summary>
/// The owner of a session and a thief who has copied its refresh token, each with or without Idempotency-Keys, in any
/// order, with answers that are lost and a store that may come back older.
/// </summary>
[Properties(MaxTest = 3_000, EndSize = 60)]
public sealed class TwoHoldersPropertyTests
{
    public enum Step
    {
        OwnerRefreshes,
        OwnerLosesTheAnswer,
        ThiefRefreshes,
        ThiefLosesTheAnswer,
        AMoment,
        AWhile,
        ACopy,
        TheStoreGoesBack,
    }

    [Property]
    public void A_thief_is_found_before_the_owner_has_two_more_answers_or_has_had_one_generation(
        Step[] before,
        Step[] after,
        bool ownerSendsKeys,
        bool thiefSendsKeys
    )
    {
        var world = new TwoHolders(ownerSendsKeys, thiefSendsKeys);
        DoWithoutThief(world, before);
        world.ThiefCopies();

        // After each time that the store goes back, the bound is that of a copied token anew.
        foreach (var step in after)
        {
            Do(world, step);
            Assert.True(world.Found || world.Thief.Answers < 2 || world.OwnerAnswersSinceTheTheft < 2, $"{world}");
        }
    }

    [Property]
    public void The_next_refresh_of_an_owner_who_sends_keys_finds_a_thief_who_was_before_him(
        Step[] before,
        Step[] after,
        bool thiefSendsKeys
    )
    {
        var world = new TwoHolders(ownerSendsKeys: true, thiefSendsKeys);
        DoWithoutThief(world, before);
        world.ThiefCopies();
        foreach (var step in after)
        {
            Do(world, step);
        }

        // Since the store last went back.
        if (world.Thief.Answers > 0)
        {
            Do(world, Step.OwnerRefreshes);
            Assert.NotNull(world.Row.RevokedAt);
        }
    }

    [Property]
    public void An_owner_who_loses_answers_and_repeats_in_time_is_never_logged_out(Step[] history, bool sendsKeys)
    {
        var world = new TwoHolders(sendsKeys, thiefSendsKeys: false);
        DoWithoutThief(world, history);
        Assert.Null(world.Row.RevokedAt);
        Do(world, Step.OwnerRefreshes);
        Assert.Equal(world.Row.Generation, world.Owner.Holds);
    }

    [Property]
    public void After_a_restore_a_thief_with_an_old_token_is_found_as_one_with_a_copy(
        Step[] before,
        Step[] forgotten,
        Step[] after,
        byte old,
        bool ownerSendsKeys,
        bool thiefSendsKeys
    )
    {
        var world = new TwoHolders(ownerSendsKeys, thiefSendsKeys);
        DoWithoutThief(world, before);
        var backup = world.Row;
        DoWithoutThief(world, forgotten);
        world.Restore(backup);
        world.ThiefCopies(Math.Min(old, world.Owner.Holds));
        foreach (var step in after)
        {
            Do(world, step);
            Assert.True(world.Found || world.Thief.Answers < 2 || world.OwnerAnswersSinceTheTheft < 2, $"{world}");
        }
    }

    private static void Do(TwoHolders world, Step step)
    {
        switch (step)
        {
            case Step.OwnerRefreshes:
                world.Refresh(world.Owner, answerArrives: true);
                break;
            case Step.OwnerLosesTheAnswer:
                world.Refresh(world.Owner, answerArrives: false);
                break;
            case Step.ThiefRefreshes:
                world.Refresh(world.Thief, answerArrives: true);
                break;
            case Step.ThiefLosesTheAnswer:
                world.Refresh(world.Thief, answerArrives: false);
                break;
            case Step.AMoment:
                world.Wait(TimeSpan.FromSeconds(4));
                break;
            case Step.ACopy:
                world.Copy();
                break;
            case Step.TheStoreGoesBack:
                world.PutBack(world.Owner.Answers);
                break;
            default:
                world.Wait(TimeSpan.FromSeconds(20));
                break;
        }
    }

    /// <summary>A client without keys that lost an answer repeats within the retry window.</summary>
    private static void DoWithoutThief(TwoHolders world, Step[] steps)
    {
        foreach (var step in steps)
        {
            if (step is Step.AWhile && world.Owner is { SendsKeys: false, Lost: true })
            {
                Do(world, Step.OwnerRefreshes);
            }

            if (step is not (Step.ThiefRefreshes or Step.ThiefLosesTheAnswer or Step.AMoment))
            {
                Do(world, step);
            }
        }

        if (world.Owner.Lost)
        {
            Do(world, Step.OwnerRefreshes);
        }
    }
}
