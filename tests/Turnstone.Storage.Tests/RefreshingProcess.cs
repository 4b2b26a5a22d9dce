using System.Diagnostics;
using System.Globalization;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Storage.Tests;

/// <summary>
/// A process of its own whose clients refresh as fast as they can and write down each generation that was acknowledged,
/// until it is killed.
/// </summary>
internal static class RefreshingProcess
{
    public const string Word = "refresh-until-killed";

    /// <summary>Starts it on these sessions.</summary>
    public static Process Start(string connectionString, IEnumerable<SessionId> sessions) =>
        OwnProcess.Start([Word, connectionString, .. sessions.Select(id => id.ToString())]);

    /// <summary>Reads a line of its output.</summary>
    public static (SessionId Session, uint Generation)? Read(string line) =>
        line.Split(' ') is [var id, var number, "."] && SessionId.TryParse(id, out var session)
            ? (session.Value, uint.Parse(number, CultureInfo.InvariantCulture))
            : null;

    public static async Task RunAsync(string[] arguments)
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = arguments[0] },
            TimeProvider.System,
            RandomSource.System
        );
        await using var output = Console.OpenStandardOutput();
        await Task.WhenAll(
            arguments[1..]
                .Select(text =>
                    Task.Run(() =>
                        RefreshAsync(store, SessionId.TryParse(text, out var id) ? id.Value : default, output)
                    )
                )
        );
    }

    private static async Task RefreshAsync(Store store, SessionId session, Stream output)
    {
        for (uint generation = 0; ; )
        {
            var attempt = new RefreshAttempt(new RefreshToken(session, generation), null, null, StoreTest.Terms);
            var decision = await store.Sessions.RotateAsync(
                attempt,
                _ => throw new UnreachableException(),
                CancellationToken.None
            );
            generation = decision.Session!.Generation;

            // One write a line, ended by a mark: a line that the kill cut short is not an acknowledgement.
            lock (output)
            {
                output.Write(
                    System.Text.Encoding.ASCII.GetBytes(
                        string.Create(CultureInfo.InvariantCulture, $"{session} {generation} .\n")
                    )
                );
            }
        }
    }
}
