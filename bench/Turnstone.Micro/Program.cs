using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// dotnet run -c Release --project bench/Turnstone.Micro -- --filter '*' TURNSTONE_BENCH_POSTGRES=<connection string of
// a database of its own> adds PostgreSQL to the cases of the store.
//
// In this process, because a generated project would be built under this repository's rules, which it does not keep;
// and short, because the whole must be done in minutes on a busy machine: the figures tell orders and allocations, not
// single percents.
var job = Job
    .Default.WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(3)
    .WithIterationCount(8)
    .WithIterationTime(TimeInterval.FromMilliseconds(250));
var config = ManualConfig
    .Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(
        Column.Job,
        Column.Toolchain,
        Column.IterationTime,
        Column.IterationCount,
        Column.WarmupCount,
        Column.Gen0,
        Column.Gen1,
        Column.Gen2
    )
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "turnstone-micro"));
return BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config).Any() ? 0 : 1;
