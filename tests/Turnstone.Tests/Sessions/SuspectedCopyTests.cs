using Turnstone.Model;
using Turnstone.Sessions;
using static Turnstone.Tests.Sessions.RotationRows;

namespace Turnstone.Tests.Sessions;

/// <summary>Generations that are asked for twice without a key.</summary>
public sealed class SuspectedCopyTests
{
    private static readonly Terms Alarming = Usual with { RefreshLifetime = TimeSpan.FromDays(14) };
    private static readonly Terms Ending = Alarming with { Copies = SuspectedCopy.End };

    private DateTimeOffset now = Noon;
    private Session row = Row(terms: Alarming);

    [Fact]
    public void One_generation_that_is_asked_for_any_number_of_times_is_no_alarm()
    {
        Advance();
        Assert.All([Repeat(), Repeat(), Repeat()], decision => Assert.False(decision.Suspect));
        Advance();
        Advance();
        Assert.False(Repeat().Suspect);
        Assert.Null(row.AlarmedAt);
    }

    [Fact]
    public void The_second_generation_in_a_row_is_an_alarm_and_is_answered()
    {
        Twice();
        Advance();
        var decision = Repeat();
        Assert.Equal((RotationKind.Replay, true, true), (decision.Kind, decision.Suspect, decision.Grants));
        Assert.Equal(now, row.AlarmedAt);
    }

    [Fact]
    public void A_session_gives_one_alarm_a_day()
    {
        Twice();
        Assert.True(Twice().Suspect);
        Assert.False(Twice().Suspect);
        now += Rotation.BetweenAlarms;
        Assert.True(Twice().Suspect);
    }

    [Fact]
    public void Where_the_terms_say_so_it_ends_the_session()
    {
        Twice(Ending);
        Advance(Ending);
        var decision = Repeat(Ending);
        Assert.Equal((RotationKind.Reuse, true, false), (decision.Kind, decision.Suspect, decision.Grants));
        Assert.Equal(RevocationReason.Reuse, decision.Session!.RevokedFor);
    }

    [Fact]
    public void Repeats_that_a_key_proves_are_none()
    {
        for (byte key = 1; key < 5; key++)
        {
            byte[] hash = [.. Enumerable.Repeat(key, 32)];
            Assert.Equal(RotationKind.Advance, Ask(row.Generation, hash, Ending).Kind);
            var decision = Ask(row.Generation - 1, hash, Ending);
            Assert.Equal((RotationKind.Replay, false), (decision.Kind, decision.Suspect));
        }
    }

    private RotationDecision Twice(Terms? terms = null)
    {
        Advance(terms);
        return Repeat(terms);
    }

    private void Advance(Terms? terms = null) =>
        Assert.Equal(RotationKind.Advance, Ask(row.Generation, key: null, terms).Kind);

    private RotationDecision Repeat(Terms? terms = null) => Ask(row.Generation - 1, key: null, terms);

    private RotationDecision Ask(uint generation, byte[]? key, Terms? terms)
    {
        now += TimeSpan.FromSeconds(1);
        var decision = Rotation.Decide(row, Attempt(generation, key, terms ?? Alarming), now);
        row = decision.Writes ? decision.Session! : row;
        return decision;
    }
}
