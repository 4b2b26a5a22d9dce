using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Hosting;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>
/// A server's background tasks with short pauses: what they do each minute a test sees within a moment. The time of day
/// is the test's as before.
/// </summary>
internal static class QuickUpkeep
{
    public static void QuickenUpkeep(this IServiceCollection services)
    {
        services.RemoveHosted<Upkeep>();
        services.AddHostedService(all =>
            ActivatorUtilities.CreateInstance<Upkeep>(
                all,
                new DatabaseTime(new QuickTimers(all.GetRequiredService<DatabaseTime>()))
            )
        );
    }

    private sealed class QuickTimers(TimeProvider clock) : TimeProvider
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, Pause, period);
    }
}
