using System.Diagnostics.Metrics;

namespace Turnstone.Storage.Engines;

/// <summary>The instruments of the meter <c>Turnstone.Storage</c>.</summary>
internal sealed class StorageMetrics : IDisposable
{
    public const string MeterName = "Turnstone.Storage";

    private readonly Meter meter = new(MeterName);
    private readonly TimeProvider time;
    private readonly Histogram<int> batchSize;
    private readonly Histogram<double> commitDuration;

    public StorageMetrics(TimeProvider time)
    {
        this.time = time;
        batchSize = meter.CreateHistogram(
            "turnstone.storage.batch.size",
            "{write}",
            "Writes that shared one commit",
            advice: new InstrumentAdvice<int>
            {
                HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
            }
        );
        commitDuration = meter.CreateHistogram(
            "turnstone.storage.commit.duration",
            "s",
            "From the first statement of a batch to its durable end",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                [
                    0.0005,
                    0.001,
                    0.0025,
                    0.005,
                    0.01,
                    0.025,
                    0.05,
                    0.1,
                    0.25,
                    0.5,
                    1,
                    2.5,
                    5,
                    10,
                ],
            }
        );
    }

    public static StoreUnavailableException Overloaded() =>
        new("More writes are waiting than the store can take in.")
        {
            Cause = UnavailableCause.QueueFull,
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public void Watch(Func<int> waiting) =>
        meter.CreateObservableGauge(
            "turnstone.storage.queue.depth",
            waiting,
            "{write}",
            "Writes that wait for a commit"
        );

    public Measured Batch(int size)
    {
        batchSize.Record(size);
        return new Measured(this, time.GetTimestamp());
    }

    public void Dispose() => meter.Dispose();

    public readonly struct Measured(StorageMetrics metrics, long began) : IDisposable
    {
        public void Dispose() => metrics.commitDuration.Record(metrics.time.GetElapsedTime(began).TotalSeconds);
    }
}
