using Npgsql;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Tests;

/// <summary>Under load somebody refreshes at every moment: neither he nor a node that leads waits for the other.</summary>
public sealed class LeadTests(PostgresDatabase database) : StoreTest(database), IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task A_lead_is_had_while_others_refresh()
    {
        await using var refreshing = new NpgsqlConnection($"{Database.ConnectionString};Pooling=false");
        await refreshing.OpenAsync(Cancel);
        await using var transaction = await refreshing.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("SELECT turnstone_hold_marks()", refreshing);
        await hold.ExecuteScalarAsync(Cancel);

        foreach (var what in Enum.GetValues<LeadIn>())
        {
            await using var lead = await Store.Engine.TryLeadAsync(Cancel, what);
            Assert.NotNull(lead);
        }
    }

    [Fact]
    public async Task Sessions_are_opened_refreshed_and_ended_while_somebody_leads()
    {
        foreach (var what in Enum.GetValues<LeadIn>())
        {
            await using var lead = await Store.Engine.TryLeadAsync(Cancel, what);
            var session = NewSession((await GivenAccountAsync()).Id);
            await Store.Sessions.OpenAsync(session, new Preconditions(), Entry(), Cancel);
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
            await Store.Sessions.EndAllAsync(
                SessionHolder.Account(session.AccountId!.Value),
                RevocationReason.ByOwner,
                Entry(),
                Cancel
            );
        }
    }
}
