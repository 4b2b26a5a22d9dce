using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Attacks.Fuzzing;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards;

/// <summary>
/// Two nodes, one of which is replaced now and then. In each round something ends at one of them, and a guard asks one
/// of them over a bad connection. A seed repeats all of it.
/// </summary>
internal sealed class BadRounds : IAsyncDisposable
{
    public const int Count = 1000;

    private readonly TurnstoneServer first;
    private readonly Dice chance;
    private readonly BadConnection connection;
    private readonly List<string> sessions = [];
    private readonly List<string> clients = [];
    private TurnstoneServer second;
    private int round;

    private BadRounds(TurnstoneServer first, TurnstoneServer second, ulong seed)
    {
        (this.first, this.second, chance) = (first, second, new Dice(seed));
        connection = new(chance);
    }

    public bool AreOver => round == Count;

    public DateTimeOffset Now => first.Time.Now;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<BadRounds> StartAsync(ulong seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var first = await PortalServer.StartAsync();
        await first.AddGuardAsync();
        return new(first, await PortalServer.StartAsync(beside: first), seed);
    }

    /// <summary>What a guard that asks from a place gets of the next round.</summary>
    public async Task<IReadOnlyList<byte[]>> NextAsync(string? lastId)
    {
        if (round % 300 == 299)
        {
            await second.DisposeAsync();
            second = await PortalServer.StartAsync(beside: first);
        }

        // Whichever node ends it, whichever is asked.
        await EndAsync(OneOf());
        round++;
        var node = OneOf();
        if (chance.Below(3) > 0)
        {
            await node.Of<RevokedSessions>().RefreshAsync(Cancel);
        }

        return connection.Pass(await node.UntilCurrentAsync(lastId));
    }

    /// <summary>What a guard gets at last, over a good connection.</summary>
    public async Task<byte[]> LastAsync(string? lastId)
    {
        foreach (var node in (TurnstoneServer[])[first, second])
        {
            await node.Of<RevokedSessions>().RefreshAsync(Cancel);
        }

        return await second.UntilCurrentAsync(lastId);
    }

    /// <summary>All that has ended is refused.</summary>
    public void AssertRefused(Func<string, bool> session, Func<string, bool> client)
    {
        Assert.Equal(Count, sessions.Count + clients.Count);
        Assert.All(sessions, one => Assert.True(session(one), one));
        Assert.All(clients, one => Assert.True(client(one), one));
    }

    public async ValueTask DisposeAsync()
    {
        await second.DisposeAsync();
        await first.DisposeAsync();
    }

    private TurnstoneServer OneOf() => chance.Below(2) == 0 ? first : second;

    private async Task EndAsync(TurnstoneServer node)
    {
        var revocation = node.Of<SessionRevocation>();
        if (round % 10 == 0)
        {
            var client = $"client-{round}";
            var holder = SessionHolder.Client(client);
            await revocation.EndAllAsync(holder, RevocationReason.ByOperator, Caller.Operator, Cancel);
            clients.Add(client);
            return;
        }

        var id = SessionId.New(RandomSource.System, node.Time.Now);
        await revocation.EndForgottenAsync(id, RevocationReason.Logout, Caller.Operator, Cancel);
        sessions.Add($"{id}");
    }
}
