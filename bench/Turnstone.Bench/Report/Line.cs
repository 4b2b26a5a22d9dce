using System.Globalization;
using Turnstone.Bench.Load;
using Turnstone.Bench.Meters;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.Report;

/// <summary>
/// One measurement: what was done, what it took, and the ratio to the floor that was measured just before.
/// </summary>
internal sealed record Line(Case Case, RoundResult Result, Usage Used, long? Wal, double Ratio)
{
    private long Done => Math.Max(1, Result.Done);

    public double CpuMicroseconds => Used.CpuSeconds * 1e6 / Done;

    public double? Allocated => Used.Allocated / (double)Done;

    public double Written => Used.Written / (double)Done;

    public double DiskWrites => Used.DiskWrites / (double)Done;

    public double? WalBytes => Wal / (double)Done;

    public double Milliseconds(double share) => Result.Latency.At(share) / 1000.0;

    public override string ToString()
    {
        var errors =
            Result.Failed == 0
                ? ""
                : $"  {Result.Failed} ERRORS: "
                    + $"{string.Join("; ", Result.Errors.Take(2).Select(error => $"{error.Value} × {error.Key}"))}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Case.Name, -52}{Result.PerSecond, 9:0}/s {Ratio, 6:0.00}  p50 {Milliseconds(0.5), 6:0.00}  "
                + $"p99 {Milliseconds(0.99), 7:0.00} ms  {CpuMicroseconds, 6:0} µs  {Allocated, 7:0} "
                + $"B  {Written, 7:0} "
                + $"B to disk in {DiskWrites, 5:0.000}  WAL {WalBytes, 5:0}{errors}"
        );
    }
}
