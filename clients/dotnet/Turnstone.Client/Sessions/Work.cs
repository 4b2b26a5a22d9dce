using System.Security.Cryptography;

namespace Turnstone.Client;

/// <summary>
/// What is done to a session while it is locked. Every step is stored before the next is taken, so that a process that
/// dies at any point leaves a session that another one goes on with.
/// </summary>
internal sealed class Work(
    SessionOptions options,
    TokenServer server,
    ServerClock clock,
    Action<SessionEvent> happened,
    string? stored
)
{
    // What is stored outlives a clock that is set back; nobody is kept waiting for longer.
    private const double LongestPause = 3600;

    private static readonly TimeSpan LongestEarlyWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NearlyExpired = TimeSpan.FromSeconds(2);

    private readonly long begun = options.Time.GetTimestamp();
    private string? stored = stored;

    public SessionState State { get; private set; } = Load(stored, options);

    private TimeSpan Left => options.Patience - options.Time.GetElapsedTime(begun);

    /// <summary>Makes the access token good.</summary>
    /// <param name="rejected">A token that an API has refused.</param>
    /// <param name="once">Whether one try is enough, because the token at hand is still good.</param>
    public async Task RenewAsync(string? rejected, bool once)
    {
        if (State.Ended is { } ended && (!CanSignIn || IsAlarm(ended.Code)))
        {
            throw new SessionEndedException(ended.Code, ended.Reason);
        }

        if (State.NotBefore - clock.Now is > 0 and <= LongestPause and var wait)
        {
            throw new ServerUnavailableException("unavailable", null) { RetryAfter = TimeSpan.FromSeconds(wait) };
        }

        if (State.Refresh is { } refresh)
        {
            await RefreshAsync(refresh, rejected, once).ConfigureAwait(false);
        }
        else
        {
            await SignInAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Opens a new session, or goes on with the one that was given, whatever there was. What there was is kept until a
    /// new one is there.
    /// </summary>
    public async Task SignInAnewAsync()
    {
        if (server.SignIn is null && options.Credentials.TryGetValue("refresh_token", out var given))
        {
            await SaveAsync(Fresh() with { Pending = NewKey() }).ConfigureAwait(false);
            await RefreshAsync(given, rejected: null, once: false).ConfigureAwait(false);
        }
        else
        {
            await SignInAsync(asked: true).ConfigureAwait(false);
        }
    }

    private ProofKey? Key =>
        options.ProofKey is { } given ? new ProofKey(given)
        : State.Key is { } stored ? ProofKey.Read(stored)
        : null;

    private bool CanSignIn => server.SignIn is { } call && (!call.Once || State.IsNew);

    private bool IsAlarm(string? code) => Contract.IsCode("reused", code) && !options.SignInAfterReuse;

    private async Task RefreshAsync(string refresh, string? rejected, bool once)
    {
        await SaveKeyAsync().ConfigureAwait(false);
        for (var attempt = 0; ; attempt++)
        {
            var outcome = await AskAsync(proof => server.RefreshAsync(refresh, State.Pending!, proof))
                .ConfigureAwait(false);
            switch (outcome.Kind)
            {
                case OutcomeKind.Granted:
                    await KeepAsync(outcome.Tokens!, SessionEventKind.Refreshed).ConfigureAwait(false);
                    return;
                case OutcomeKind.TooEarly:
                    if (await IsGoodYetAsync(outcome, rejected).ConfigureAwait(false))
                    {
                        return;
                    }

                    break;
                case OutcomeKind.KeyReused when attempt == 0:
                    await SaveAsync(State with { Pending = NewKey() }).ConfigureAwait(false);
                    break;
                case OutcomeKind.Ended:
                    await EndAsync(outcome).ConfigureAwait(false);
                    return;
                case OutcomeKind.Unclear:
                    await PauseAsync(attempt, outcome, once).ConfigureAwait(false);
                    break;
                default:
                    throw new RequestRefusedException(outcome.Code, outcome.Reason);
            }
        }
    }

    /// <summary>
    /// Too early: nothing was consumed. The server has told when the access token expires; one that has a moment left
    /// by its clock may be expired by an API's.
    /// </summary>
    private async Task<bool> IsGoodYetAsync(Outcome outcome, string? rejected)
    {
        var wait = outcome.RetryAfter ?? TimeSpan.FromSeconds(1);
        await SaveAsync(State with { ExpiresAt = clock.Now + wait.TotalSeconds }).ConfigureAwait(false);
        if (wait > NearlyExpired && State.Access is { } access && access != rejected)
        {
            return true;
        }

        if (wait > LongestEarlyWait || wait > Left)
        {
            throw new ServerUnavailableException("too_early", outcome.Code) { RetryAfter = wait };
        }

        await Task.Delay(wait + Backoff.Wait(0, null), options.Time, CancellationToken.None).ConfigureAwait(false);
        return false;
    }

    /// <summary>Asks once more with a proof where the server wants one; its key is stored first.</summary>
    private async Task<Outcome> AskAsync(Func<ProofKey?, Task<Outcome>> ask)
    {
        var key = Key;
        var outcome = await ask(key).ConfigureAwait(false);
        if (outcome.Kind is OutcomeKind.NeedsProof && key is null)
        {
            await SaveAsync(State with { Key = ProofKey.New() }).ConfigureAwait(false);
            outcome = await ask(Key).ConfigureAwait(false);
        }

        return outcome.Kind is OutcomeKind.NeedsProof ? outcome with { Kind = OutcomeKind.Refused } : outcome;
    }

    private async Task EndAsync(Outcome outcome)
    {
        var over = new Ending(outcome.Code, outcome.Reason);
        await SaveAsync(Fresh() with { Ended = over }).ConfigureAwait(false);
        happened(new(SessionEventKind.Ended, options.Name, outcome.Code));
        if (!CanSignIn || IsAlarm(outcome.Code))
        {
            throw new SessionEndedException(outcome.Code, outcome.Reason);
        }

        await SignInAsync().ConfigureAwait(false);
    }

    private async Task SignInAsync(bool asked = false)
    {
        var call = server.SignIn is { } one && (asked || CanSignIn) ? one : throw new NoSessionException();
        if (!asked && State.SignIn is { } last && last.NotBefore - clock.Now is > 0 and <= LongestPause and var pause)
        {
            throw new SignInRefusedException(last.Code, last.Reason) { RetryAfter = TimeSpan.FromSeconds(pause) };
        }

        // The stored key of a session that still stands belongs to its refresh.
        var key = State.Refresh is null ? null : NewKey();
        if (key is null)
        {
            await SaveKeyAsync().ConfigureAwait(false);
        }

        for (var attempt = 0; ; attempt++)
        {
            var outcome = await AskAsync(proof => server.SignInAsync(call, key ?? State.Pending!, proof))
                .ConfigureAwait(false);
            if (outcome.Kind is OutcomeKind.Granted)
            {
                await KeepAsync(outcome.Tokens!, SessionEventKind.SignedIn).ConfigureAwait(false);
                return;
            }

            if (outcome.Kind is not OutcomeKind.Unclear)
            {
                await RefuseSignInAsync(outcome).ConfigureAwait(false);
            }

            await PauseAsync(attempt, outcome, once: false).ConfigureAwait(false);
        }
    }

    private async Task RefuseSignInAsync(Outcome outcome)
    {
        var failures = (State.SignIn?.Failures ?? 0) + 1;
        var pause = Backoff.SignInPause(failures);
        await SaveAsync(
                State with
                {
                    Pending = State.Refresh is null ? null : State.Pending,
                    SignIn = new(failures, clock.Now + pause, outcome.Code, outcome.Reason),
                }
            )
            .ConfigureAwait(false);
        throw new SignInRefusedException(outcome.Code, outcome.Reason) { RetryAfter = TimeSpan.FromSeconds(pause) };
    }

    /// <summary>Waits before the same request again, or tells the callers if there is no time for it.</summary>
    private async Task PauseAsync(int attempt, Outcome outcome, bool once)
    {
        var wait = Backoff.Wait(attempt, outcome.RetryAfter);
        if (once || wait > Left)
        {
            if (outcome.RetryAfter is { } asked)
            {
                var pause = Math.Min(asked.TotalSeconds, LongestPause);
                await SaveAsync(State with { NotBefore = clock.Now + pause }).ConfigureAwait(false);
            }

            throw new ServerUnavailableException("unavailable", outcome.Code) { RetryAfter = outcome.RetryAfter };
        }

        happened(new(SessionEventKind.Retried, options.Name));
        await Task.Delay(wait, options.Time, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task KeepAsync(Tokens tokens, SessionEventKind kind)
    {
        await SaveAsync(
                Fresh() with
                {
                    Access = tokens.Access,
                    // RFC 6749 §6: without a new refresh token the old one stays.
                    Refresh = tokens.Refresh ?? (kind is SessionEventKind.Refreshed ? State.Refresh : null),
                    ExpiresAt = tokens.ExpiresAt,
                    Lifetime = tokens.Lifetime,
                    Bound = tokens.Bound,
                    Key = State.Key,
                }
            )
            .ConfigureAwait(false);
        happened(new(kind, options.Name));
    }

    /// <summary>The key is stored before the request goes out, so that whoever comes next sends the same.</summary>
    private Task SaveKeyAsync() =>
        State.Pending is null ? SaveAsync(State with { Pending = NewKey() }) : Task.CompletedTask;

    private async Task SaveAsync(SessionState state)
    {
        var text = state.Text();
        bool written;
        try
        {
            written = await options
                .Store.WriteAsync(options.Name, text, stored, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception reason) when (reason is not SessionException and not OutOfMemoryException)
        {
            throw new SessionStoreException("store", reason);
        }

        if (!written)
        {
            throw new LockLostException();
        }

        (stored, State) = (text, state);
    }

    private SessionState Fresh() => new() { Server = State.Server, Contract = State.Contract };

    private static SessionState Load(string? stored, SessionOptions options)
    {
        var (server, contract) = (options.Server!.AbsoluteUri, options.Contract.Name);
        return stored is null
            ? new()
            {
                Server = server,
                Contract = contract,
                Refresh = options.Credentials.TryGetValue("refresh_token", out var given) ? given : null,
            }
            : SessionState.Parse(stored, server, contract);
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
