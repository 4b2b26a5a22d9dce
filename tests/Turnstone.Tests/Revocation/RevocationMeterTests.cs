using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tests.Directory;
using Turnstone.Tests.Tokens;

namespace Turnstone.Tests.Revocation;

public sealed class RevocationMeterTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly RevocationsOnly store = new();
    private readonly StoreChanges changes = new();
    private readonly RevocationMeter meter = new();
    private readonly RevokedSessions revoked;

    public RevocationMeterTests() => revoked = new RevokedSessions(store, changes, new RevocationBounds(), meter, time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_meter_tells_once_for_each_foreign_revocation_how_long_after_it_this_node_heard_of_it()
    {
        using var told = new Staleness(meter);
        Revoke(revokedAgo: TimeSpan.FromDays(1), deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        Assert.Empty(told.Seconds);

        var own = Revoke(revokedAgo: TimeSpan.FromSeconds(1), deadIn: TimeSpan.FromHours(1));
        changes.Tell(ChangeKind.Revocations, new RevokedSession(own, time.Now, time.Now.AddHours(1)));
        Revoke(revokedAgo: TimeSpan.FromMilliseconds(120), deadIn: TimeSpan.FromHours(1));
        Revoke(revokedAgo: TimeSpan.FromSeconds(-5), deadIn: TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        await revoked.RefreshAsync(Cancel);

        Assert.Equal([0.12, 0], told.Seconds);
    }

    [Fact]
    public async Task The_meter_tells_how_many_are_kept_until_their_end()
    {
        var told = new List<int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == RevocationMeter.Kept && ReferenceEquals(instrument.Meter.Scope, meter))
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, count, _, _) => told.Add(count));
        listener.Start();
        Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromMinutes(15));
        Revoke(revokedAgo: TimeSpan.Zero, deadIn: TimeSpan.FromHours(2));

        await revoked.RefreshAsync(Cancel);
        listener.RecordObservableInstruments();
        time.Advance(TimeSpan.FromHours(1));
        await revoked.RefreshAsync(Cancel);
        listener.RecordObservableInstruments();

        Assert.Equal([2, 1], told);
    }

    public void Dispose()
    {
        revoked.Dispose();
        meter.Dispose();
    }

    private SessionId Revoke(TimeSpan revokedAgo, TimeSpan deadIn)
    {
        var id = SessionId.New(RandomSource.System, DateTimeOffset.UnixEpoch);
        store.Revoked.Add(new RevokedSession(id, time.Now - revokedAgo, time.Now + deadIn));
        return id;
    }

    /// <summary>What a meter of revocations records.</summary>
    private sealed class Staleness : IDisposable
    {
        private readonly MeterListener listener = new();

        public Staleness(RevocationMeter meter)
        {
            listener.InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == RevocationMeter.Staleness && ReferenceEquals(instrument.Meter.Scope, meter))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => Seconds.Add(Math.Round(seconds, 6)));
            listener.Start();
        }

        public List<double> Seconds { get; } = [];

        public void Dispose() => listener.Dispose();
    }
}
