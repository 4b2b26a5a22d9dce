using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Attacks.Fuzzing;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards;

/// <summary>
/// A guard whose connection is cut, delayed, doubled and overtaken a thousand times, to whichever of two nodes it
/// happens to reach, one of which is replaced now and then: it misses nothing.
/// </summary>
public sealed class BadConnectionTests
{
    private const int Rounds = 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_missed_whatever_becomes_of_the_connection()
    {
        await using var first = await PortalServer.StartAsync();
        await first.AddGuardAsync();
        var second = await PortalServer.StartAsync(beside: first);
        try
        {
            var chance = new Dice(20311);
            var (guard, ended) = (new FollowingGuard(), new List<string>());
            var late = new List<byte[]>();
            for (var round = 0; round < Rounds; round++)
            {
                if (round % 300 == 299)
                {
                    await second.DisposeAsync();
                    second = await PortalServer.StartAsync(beside: first);
                }

                // Whichever node ends it, whichever is asked.
                await EndAsync(chance.Below(2) == 0 ? first : second, ended, round);
                var node = chance.Below(2) == 0 ? first : second;
                if (chance.Below(3) > 0)
                {
                    await node.Of<RevokedSessions>().RefreshAsync(Cancel);
                }

                Arrive(guard, await node.UntilCurrentAsync(guard.LastId), late, chance);
            }

            foreach (var node in (TurnstoneServer[])[first, second])
            {
                await node.Of<RevokedSessions>().RefreshAsync(Cancel);
            }

            guard.Read(await second.UntilCurrentAsync(guard.LastId));
            Assert.Equal(Rounds, ended.Count);
            Assert.All(
                ended,
                one =>
                    Assert.True(
                        one.StartsWith("client-", StringComparison.Ordinal)
                            ? guard.Refuses("client", one, openedAfter: 0)
                            : guard.Refuses(one),
                        one
                    )
            );
        }
        finally
        {
            await second.DisposeAsync();
        }
    }

    private static async Task EndAsync(TurnstoneServer node, List<string> ended, int round)
    {
        var revocation = node.Of<SessionRevocation>();
        if (round % 10 == 0)
        {
            var client = $"client-{round}";
            await revocation.EndAllAsync(
                SessionHolder.Client(client),
                RevocationReason.ByOperator,
                Caller.Operator,
                Cancel
            );
            ended.Add(client);
            return;
        }

        var id = SessionId.New(RandomSource.System, node.Time.Now);
        await revocation.EndForgottenAsync(id, RevocationReason.Logout, Caller.Operator, Cancel);
        ended.Add($"{id}");
    }

    /// <summary>What was sent arrives whole, or cut, or twice, or later, after what was sent after it.</summary>
    private static void Arrive(FollowingGuard guard, byte[] sent, List<byte[]> late, Dice chance)
    {
        var cut = sent.AsSpan(0, chance.Below(sent.Length + 1));
        switch (chance.Below(5))
        {
            case 0:
                guard.Read(sent);
                break;
            case 1:
                guard.Read(cut);
                break;
            case 2:
                guard.Read(sent);
                guard.Read(cut);
                break;
            case 3:
                late.Add(sent);
                break;
            default:
                foreach (var old in late)
                {
                    guard.Read(old);
                }

                late.Clear();
                guard.Read(cut);
                break;
        }
    }
}
