using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Hosting;

public sealed class UpkeepTests
{
    // A timer's work runs in a thread of nobody's: what it throws ends the process.
    [Fact]
    public async Task A_pause_that_ends_just_when_a_change_was_heard_harms_nobody()
    {
        await using var server = await TurnstoneServer.StartAsync(_ => { });
        var late = new LateTimers();
        var ring = server.Services.GetRequiredService<SigningKeyRing>();
        using var upkeep = new Upkeep(
            server.Services.GetRequiredService<Store>(),
            ring,
            server.Services.GetRequiredService<RevokedSessions>(),
            server.Services.GetRequiredService<Products>(),
            server.Services.GetRequiredService<Apis>(),
            server.Services.GetRequiredService<AuditSeal>(),
            server.Services.GetRequiredService<CheckpointFile>(),
            server.Services.GetRequiredService<TurnstoneSettings>(),
            new DatabaseTime(late),
            NullLogger<Upkeep>.Instance
        );
        await upkeep.StartAsync(TestContext.Current.CancellationToken);
        await late.UntilAsync(made: 5, ended: 0);
        await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, TestContext.Current.CancellationToken);

        // The loop that was rung for has let go of its timer and made another.
        await late.UntilAsync(made: 6, ended: 1);
        late.FireTheEnded();
        await upkeep.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// Timers that never come by themselves, and may still come when they were let go of, as those of a busy machine
    /// do.
    /// </summary>
    private sealed class LateTimers : TimeProvider
    {
        private readonly Lock guard = new();
        private readonly List<Action> ended = [];
        private int made;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (guard)
            {
                made++;
            }

            return new LateTimer(this, () => callback(state));
        }

        public async Task UntilAsync(int made, int ended)
        {
            while (!Reached())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
            }

            bool Reached()
            {
                lock (guard)
                {
                    return this.made >= made && this.ended.Count >= ended;
                }
            }
        }

        public void FireTheEnded() => ended.ForEach(fire => fire());

        private void End(Action fire)
        {
            lock (guard)
            {
                ended.Add(fire);
            }
        }

        private sealed class LateTimer(LateTimers timers, Action fire) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => timers.End(fire);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
