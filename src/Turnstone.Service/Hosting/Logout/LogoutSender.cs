using System.Collections.Concurrent;
using System.Net;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Hosting.Sending;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Server.Hosting.Logout;

/// <summary>
/// Tells clients of ended sessions (OpenID Connect Back-Channel Logout §2.5), from the store, on any node. A client
/// that does not answer or refuses is left alone until its next try is due, and a slow one for ten times as long as it
/// took, so that it holds up nobody else's notices.
/// </summary>
public sealed class LogoutSender(
    ILogoutNoticeStore store,
    LogoutNotices notices,
    ClientDirectory clients,
    LogoutTokenWriter tokens,
    OutboundHttp http,
    LogoutSchedule schedule,
    TimeProvider time,
    ILogger<LogoutSender> log
) : StoredSender(store, schedule, time)
{
    private const int Workers = 4;
    private const int RestsFor = 10;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> resting = new(StringComparer.Ordinal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => SendAsync(Workers, stoppingToken);

    protected override void Unreachable(Exception problem) => log.NoticesUnreachable(problem);

    protected override async Task HandleAsync(WaitingLetter waiting, CancellationToken stopping)
    {
        if (
            notices.Open(waiting) is { } notice
            && await clients.FindAsync(notice.ClientId, stopping)
                is { Stands: true, BackchannelLogoutUri: { } uri } client
        )
        {
            var problem = await TryAsync(waiting, notice, client, uri, stopping);
            if (problem is not null && await TryAgainAsync(waiting, client.Id, problem))
            {
                return;
            }
        }

        await RemoveAsync(waiting);
    }

    /// <summary>Null if the client has been told; otherwise what went wrong.</summary>
    private async Task<string?> TryAsync(
        WaitingLetter waiting,
        LogoutNotice notice,
        Client client,
        string uri,
        CancellationToken stopping
    )
    {
        if (resting.TryGetValue(client.Id, out var until) && Time.GetUtcNow() < until)
        {
            return "the client did not answer";
        }

        var claims = new LogoutTokenClaims
        {
            Subject = notice.Subject,
            ClientId = client.Id,
            SessionId = notice.SessionId,
            IssuedAt = Time.GetUtcNow(),
            Id = waiting.Id,
        };
        var token = tokens.Write(claims, client.Algorithm ?? SigningAlgorithm.RS256);
        var started = Time.GetTimestamp();
        try
        {
            var status = await http.PostAsync(uri, [KeyValuePair.Create("logout_token", token)], stopping);
            var took = Time.GetElapsedTime(started);
            if (status is HttpStatusCode.OK or HttpStatusCode.NoContent)
            {
                resting[client.Id] = took < Slow ? DateTimeOffset.MinValue : Time.GetUtcNow() + (RestsFor * took);
                return null;
            }

            resting[client.Id] = Time.GetUtcNow() + Schedule.WaitAfter(waiting.Tries);
            return $"status {(int)status}";
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException or IOException)
        {
            stopping.ThrowIfCancellationRequested();
            resting[client.Id] = Time.GetUtcNow() + Schedule.WaitAfter(waiting.Tries);
            return problem.GetType().Name;
        }
    }

    /// <summary>Gives it back for a later try; false if it has been tried often enough.</summary>
    private async Task<bool> TryAgainAsync(WaitingLetter waiting, string client, string problem)
    {
        if (Schedule.GivesUp(waiting.Tries))
        {
            log.NoticeGivenUp(client, waiting.Tries, problem);
            return false;
        }

        log.NoticeTriedAgain(client, waiting.Tries, problem);
        await ReturnAsync(waiting, Schedule.WaitAfter(waiting.Tries));
        return true;
    }
}
