using FsCheck.Xunit;
using Turnstone.Sessions;

namespace Turnstone.Tests.Sessions;

/// <summary>
/// A session in a store that goes back to any copy of itself, at any time and again, with a sweep and two holders who
/// try every token that they ever had.
/// </summary>
[Properties(MaxTest = 5_000, EndSize = 80)]
public sealed class ForgetfulStorePropertyTests
{
    public enum Step
    {
        NewestRefreshes,
        AnyRefreshes,
        LogsOut,
        Copy,
        PutBack,
        Sweep,
        AMoment,
        AnHour,
        AWeek,
    }

    [Property]
    public void With_the_journal_a_session_that_has_ended_never_comes_back(Step[] history, byte[] choices)
    {
        var store = new ForgetfulStore(keepsJournal: true);
        store.Open();
        foreach (var (step, choice) in Choose(history, choices))
        {
            var ended = store.EndedAt is not null;
            var granted = Do(store, step, choice);
            Assert.False(ended && granted, $"{step}: {store}");
        }
    }

    /// <summary>Without it a revocation is forgotten with the rest, but what has expired stays gone.</summary>
    [Property]
    public void Without_the_journal_one_that_has_expired_never_comes_back(Step[] history, byte[] choices)
    {
        var store = new ForgetfulStore(keepsJournal: false);
        store.Open();
        foreach (var (step, choice) in Choose(history, choices))
        {
            var expired = store.Tokens.All(token => token.Origin!.ExpiresAt <= store.Now);
            var granted = Do(store, step, choice);
            Assert.False(expired && granted, $"{step}: {store}");
        }
    }

    /// <summary>Whatever is put back, an owner who was not revoked and is not too late goes on.</summary>
    [Property]
    public void No_session_is_lost_whichever_copy_is_put_back(Step[] history, byte[] choices)
    {
        var store = new ForgetfulStore(keepsJournal: true);
        store.Open();
        foreach (var (step, choice) in Choose(history, choices))
        {
            if (step is not (Step.LogsOut or Step.AnyRefreshes) && store.EndedAt is null)
            {
                Do(store, step, choice);
            }
        }

        if (store.EndedAt is null)
        {
            Assert.True(Do(store, Step.NewestRefreshes, 0), $"{store}");
        }
    }

    /// <summary>Which copy is put back, and which token is tried.</summary>
    private static IEnumerable<(Step Step, byte Choice)> Choose(Step[] history, byte[] choices) =>
        history.Select((step, i) => (step, choices.Length == 0 ? (byte)0 : choices[i % choices.Length]));

    private static bool Do(ForgetfulStore store, Step step, byte choice)
    {
        switch (step)
        {
            case Step.NewestRefreshes:
                return store.Refresh(store.Tokens.Count - 1).Grants;
            case Step.AnyRefreshes:
                return store.Refresh(choice).Grants;
            case Step.LogsOut:
                store.LogOut();
                break;
            case Step.Copy:
                store.Copy();
                break;
            case Step.PutBack:
                store.PutBack(choice);
                break;
            case Step.Sweep:
                store.Sweep();
                break;
            case Step.AMoment:
                store.Wait(TimeSpan.FromSeconds(4));
                break;
            case Step.AnHour:
                store.Wait(TimeSpan.FromHours(1));
                break;
            default:
                store.Wait(TimeSpan.FromDays(7));
                break;
        }

        return false;
    }
}
