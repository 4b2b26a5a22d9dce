using Turnstone.Sessions;
using static Turnstone.Tests.Sessions.RotationRows;

namespace Turnstone.Tests.Sessions;

/// <summary>A token of a later generation than its row: the store came back older than its clients.</summary>
public sealed class ForgottenRefreshTests
{
    private static readonly DateTimeOffset Later = Noon.AddMinutes(10);

    [Fact]
    public void A_token_of_the_future_means_the_store_forgot_and_advances_from_there()
    {
        var decision = Rotation.Decide(Row(), Attempt(9), Later);
        Assert.Equal(
            (RotationKind.Advance, -4L, 10u),
            (decision.Kind, decision.Distance, decision.Session!.Generation)
        );
    }

    [Fact]
    public void A_token_of_the_future_is_good_beyond_the_forgotten_end_by_what_the_forgotten_refreshes_added()
    {
        Assert.Equal(RotationKind.Advance, Rotation.Decide(Row(), Attempt(7), Noon.AddDays(3).AddTicks(-1)).Kind);
        Assert.Equal(RotationKind.Expired, Rotation.Decide(Row(), Attempt(7), Noon.AddDays(3)).Kind);
    }

    [Fact]
    public void Not_even_a_token_of_the_future_passes_the_absolute_end() =>
        Assert.Equal(
            RotationKind.Expired,
            Rotation.Decide(Row() with { EndsAt = Noon.AddDays(2) }, Attempt(9), Noon.AddDays(2)).Kind
        );
}
