using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Administration.Service;

/// <summary>A measured value of this node: an instrument, and for grants their kind and outcome.</summary>
public readonly record struct LoadMeasure(string Instrument, string? Kind = null, string? Outcome = null);

/// <summary>
/// Listens to the meters of this process and keeps their last hour, minute by minute, in bounded memory. It needs no
/// other system. For longer times send the metrics by OTLP.
/// </summary>
public sealed class LoadRecorder : IHostedService, IDisposable
{
    public const string Requests = "turnstone.request.duration";
    public const string Grants = "turnstone.grants";
    public const string Replays = "turnstone.refresh.replays";
    public const string Reuses = "turnstone.refresh.reuses";
    public const string BatchSize = "turnstone.storage.batch.size";
    public const string CommitDuration = "turnstone.storage.commit.duration";
    public const string QueueDepth = "turnstone.storage.queue.depth";
    public const string PasswordWait = "turnstone.passwords.wait";
    public const string PasswordsRefused = "turnstone.passwords.refused";

    /// <summary>The outcome that counts answers of 500 and above in addition.</summary>
    public const string Failed = "failed";

    // Kinds and outcomes are few and our own. The bound protects memory if one ever comes from outside.
    private const int MostSeries = 256;

    private static readonly TimeSpan SamplePause = TimeSpan.FromSeconds(10);
    private static readonly HashSet<string> Wanted =
    [
        Requests,
        Grants,
        Replays,
        Reuses,
        BatchSize,
        CommitDuration,
        QueueDepth,
        PasswordWait,
        PasswordsRefused,
    ];
    private static readonly HashSet<string> Meters =
    [
        CoreTelemetry.Name,
        Store.MeterName,
        "Turnstone.Passwords",
        RequestMeter.Name,
    ];

    private readonly ConcurrentDictionary<LoadMeasure, LoadSeries> series = new();
    private readonly MeterListener listener = new();
    private readonly TimeProvider time;
    private ITimer? sampling;

    public LoadRecorder(TimeProvider time)
    {
        this.time = time;
        StartedAt = time.GetUtcNow();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (Meters.Contains(instrument.Meter.Name) && Wanted.Contains(instrument.Name))
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
    }

    public DateTimeOffset StartedAt { get; }

    /// <summary>The last hour, oldest minute first; minutes without measurements are empty.</summary>
    public LoadMinute[] Hour(LoadMeasure measure) =>
        series.TryGetValue(measure, out var found) ? found.Read(Minute()) : new LoadMinute[LoadSeries.Minutes];

    /// <summary>The last hour of every kind and outcome of grants.</summary>
    public IEnumerable<(LoadMeasure Measure, LoadMinute[] Hour)> GrantHours()
    {
        var now = Minute();
        return series.Where(pair => pair.Key.Instrument == Grants).Select(pair => (pair.Key, pair.Value.Read(now)));
    }

    /// <summary>Reads the gauges now, so the page is current between two samples.</summary>
    public void Sample() => listener.RecordObservableInstruments();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listener.Start();
        sampling = time.CreateTimer(_ => Sample(), null, SamplePause, SamplePause);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        sampling?.Dispose();
        listener.Dispose();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var minute = Minute();
        Add(
            instrument.Name == Grants
                ? new(Grants, Tag(tags, "kind") as string, Tag(tags, "outcome") as string)
                : new(instrument.Name),
            minute,
            value
        );
        if (instrument.Name == Requests && Tag(tags, "outcome") as string == Failed)
        {
            Add(new(Requests, Outcome: Failed), minute, value);
        }
    }

    private void Add(LoadMeasure measure, long minute, double value)
    {
        if (
            series.TryGetValue(measure, out var known)
            || (series.Count < MostSeries && (known = series.GetOrAdd(measure, _ => new LoadSeries())) is not null)
        )
        {
            known.Add(minute, value);
        }
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value;
            }
        }

        return null;
    }

    private long Minute() => time.GetUtcNow().ToUnixTimeSeconds() / 60;
}
