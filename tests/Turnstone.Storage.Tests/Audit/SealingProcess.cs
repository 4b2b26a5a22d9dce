using System.Diagnostics;
using System.Globalization;
using System.Text;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>
/// A process of its own that appends entries, writes down each that was acknowledged, and seals without a pause, until
/// it is killed.
/// </summary>
internal static class SealingProcess
{
    public const string Word = "seal-until-killed";

    private const int Writers = 4;

    public static readonly MasterKeyRing Masters = new(new MasterKey(new byte[MasterKey.Size]));

    // So small that something is always being merged and indexed.
    public static readonly BlockSizes Small = new()
    {
        Sealed = 8,
        Most = 64,
        Full = 32,
        Neighbours = 2,
        Group = 2,
    };

    public static Process Start(string connectionString, int round) =>
        OwnProcess.Start(Word, connectionString, $"{round}");

    public static async Task RunAsync(string[] arguments)
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = arguments[0] },
            TimeProvider.System,
            RandomSource.System
        );
        await using var output = Console.OpenStandardOutput();
        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(writer => Task.Run(() => AppendAsync(store, $"{arguments[1]}-{writer}", output)))
                .Append(Task.Run(() => SealAsync(store)))
        );
    }

    private static async Task AppendAsync(Store store, string name, Stream output)
    {
        for (var number = 0; ; number++)
        {
            var detail = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            await store.Audit.AppendAsync(
                new AuditEntry
                {
                    Event = AuditEvent.Login,
                    At = TimeProvider.System.GetUtcNow(),
                    Caller = new Caller("192.0.2.7", "curl/8.5"),
                    AccountId = RandomSource.System.NewId(TimeProvider.System.GetUtcNow()),
                    Detail = detail,
                },
                CancellationToken.None
            );

            // One write a line, ended by a mark: a line that the kill cut short is not an acknowledgement.
            lock (output)
            {
                output.Write(Encoding.ASCII.GetBytes($"{detail} .\n"));
            }
        }
    }

    private static async Task SealAsync(Store store)
    {
        var log = new SealedLog(store.Engine, RandomSource.System, TimeProvider.System, Small);
        var seal = new AuditSeal(log, Masters, RandomSource.System, TimeProvider.System);
        while (true)
        {
            await seal.SealAsync(_ => DateTimeOffset.UnixEpoch, CancellationToken.None);
        }
    }
}
