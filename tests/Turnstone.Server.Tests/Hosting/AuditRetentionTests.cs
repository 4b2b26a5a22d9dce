using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>How long each kind of entry of the audit log is kept is what the settings say.</summary>
public sealed class AuditRetentionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 5)]
    [InlineData(5, 2)]
    public async Task Logins_and_refused_attempts_are_kept_for_times_of_their_own(int loginDays, int refusalDays)
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [
                "Turnstone:Retention:AuditDays=30",
                $"Turnstone:Retention:AuditLoginDays={loginDays}",
                $"Turnstone:Retention:AuditRefusalDays={refusalDays}",
            ],
            services => services.QuickenUpkeep()
        );
        await server.SessionV3Async();
        using var refused = await server.Http.LoginV3Async("no key of anybody");
        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(SessionHolder.Everyone, RevocationReason.ByOperator, Caller.Operator, Cancel);
        await KeptAsync(server, logins: true, refusals: true);

        server.Time.Advance(TimeSpan.FromDays(3));
        await KeptAsync(server, logins: loginDays > 3, refusals: refusalDays > 3);

        server.Time.Advance(TimeSpan.FromDays(3));
        await KeptAsync(server, logins: false, refusals: false);
    }

    /// <summary>Waits until these are there and no others; what an administrator did stays.</summary>
    private static Task<TimeSpan> KeptAsync(TurnstoneServer server, bool logins, bool refusals)
    {
        var audit = server.Services.GetRequiredService<Store>().Audit;
        return Until.HoldsAsync(
            async () =>
            {
                var entries = await audit.ReadAsync(new AuditQuery { Limit = int.MaxValue }, Cancel);
                Assert.Contains(entries, entry => entry.Event.Known is AuditEvent.SessionsRevoked);
                return entries.Any(entry => entry.Event.Known is AuditEvent.Login && entry.Refused is null) == logins
                    && entries.Any(entry => entry.Refused is not null) == refusals;
            },
            $"logins: {logins}, refusals: {refusals}"
        );
    }
}
