using System.Diagnostics;

namespace Turnstone.Client;

/// <summary>
/// A session with a token server. <see cref="GetAccessTokenAsync"/> gives a token that is good; it is refreshed once
/// for all threads, processes and hosts that share the store. Share one object between threads.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TurnstoneSession : IDisposable
{
    private const double LongestLead = 60;
    private const int LocksLost = 10;

    private readonly SessionOptions options;
    private readonly HttpClient http;
    private readonly ServerClock clock;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly TokenServer server;

    private readonly double share = Backoff.Share();
    private readonly Lock gate = new();
    private double quietUntil;

    // What holds tokens or keys is not for a debugger, as nothing else shows them.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Task<SessionState>? running;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ProofKey? givenKey;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private SessionState? seen;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private (string Stored, ProofKey Key)? storedKey;

    /// <param name="options">They are read once; later changes do nothing.</param>
    public TurnstoneSession(SessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Server is not { IsAbsoluteUri: true } address)
        {
            throw new ArgumentException("Server is the absolute address of the token server.", nameof(options));
        }

        this.options = options;
        givenKey = options.ProofKey is { } given ? new ProofKey(given) : null;
        SessionName.Checked(options.Name);
        clock = new ServerClock(options.Time);
        http = new HttpClient(
            options.Handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false },
            disposeHandler: options.Handler is null
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        server = new TokenServer(
            http,
            address,
            options.Contract,
            new Dictionary<string, string>(options.Credentials),
            options.RequestTimeout,
            clock
        );
    }

    /// <summary>Tells what happened; it is raised while the session is locked, so be short.</summary>
    public event EventHandler<SessionEvent>? Happened;

    /// <summary>An access token that is good as far as anybody can know.</summary>
    /// <param name="rejected">A token of this session that an API has answered with 401.</param>
    /// <param name="cancellationToken">Ends this wait and nobody else's.</param>
    /// <exception cref="SessionException">Why there is none, and what to do.</exception>
    public async Task<AccessToken> GetAccessTokenAsync(
        AccessToken? rejected = null,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var attempt = 0; ; attempt++)
        {
            var known = Volatile.Read(ref seen);
            var good = known is not null && IsGood(known, rejected?.Value);
            if (good && !IsWanted(known!))
            {
                return Token(known!);
            }

            try
            {
                var state = await ShareAsync(rejected?.Value, cancellationToken).ConfigureAwait(false);

                // A refresh that somebody else began may give the rejected token; the next one is this caller's. Where
                // the server gives the same token again, the API has to say what it wants.
                if (state.Access != rejected?.Value || attempt > 1)
                {
                    return Token(state);
                }
            }
            catch (SessionException reason)
                when (good && reason is (ServerUnavailableException or SessionStoreException))
            {
                return Token(known!);
            }
            catch (SessionException reason)
            {
                throw reason.Again();
            }
        }
    }

    /// <summary>Signs in, whatever there was: the way on after an alarm.</summary>
    public async Task SignInAsync(CancellationToken cancellationToken = default)
    {
        var state = await Task.Run(() => LockedAsync(work => work.SignInAnewAsync()), CancellationToken.None)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(false);
        Volatile.Write(ref seen, state);
    }

    internal string Name => options.Name;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"session {options.Name} at {options.Server}";

    internal void Tell(SessionEvent what)
    {
        Telemetry.Events.Add(1, new("kind", what.Kind.ToString()), new("contract", options.Contract.Name));
        Happened?.Invoke(this, what);
    }

    /// <summary>Joins the refresh that is running, or starts one. It belongs to nobody: no waiter ends it.</summary>
    private Task<SessionState> ShareAsync(string? rejected, CancellationToken cancellationToken)
    {
        Task<SessionState> task;
        lock (gate)
        {
            if (running is null or { IsCompleted: true })
            {
                running = Task.Run(() => RenewAsync(rejected), CancellationToken.None);
            }

            task = running;
        }

        return task.WaitAsync(cancellationToken);
    }

    private async Task<SessionState> RenewAsync(string? rejected)
    {
        using var activity = Telemetry.Activities.StartActivity("renew session");
        activity?.SetTag("turnstone.contract", options.Contract.Name);
        try
        {
            var state = await LockedAsync(work =>
                    IsGood(work.State, rejected) && !IsWanted(work.State)
                        ? Task.CompletedTask
                        : work.RenewAsync(rejected, once: IsGood(work.State, rejected))
                )
                .ConfigureAwait(false);
            Volatile.Write(ref seen, state);
            return state;
        }
        catch (SessionException reason)
        {
            if (reason is SessionEndedException or NoSessionException)
            {
                Volatile.Write(ref seen, null);
            }
            else if (reason is ServerUnavailableException or SessionStoreException)
            {
                Volatile.Write(ref quietUntil, clock.Now + Backoff.Early().TotalSeconds);
            }

            activity?.SetStatus(ActivityStatusCode.Error, reason.GetType().Name);
            throw;
        }
    }

    private async Task<SessionState> LockedAsync(Func<Work, Task> act)
    {
        for (var attempt = 1; ; attempt++)
        {
            var held = await LockAsync().ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                var stored = await ReadAsync().ConfigureAwait(false);
                var work = new Work(options, server, clock, Tell, stored);
                try
                {
                    await act(work).ConfigureAwait(false);
                    return work.State;
                }
                catch (LockLostException) when (attempt < LocksLost) { }
                catch (LockLostException reason)
                {
                    throw new SessionStoreException("store", reason);
                }
            }
        }
    }

    private async Task<IAsyncDisposable> LockAsync()
    {
        using var patience = new CancellationTokenSource(options.Patience, options.Time);
        try
        {
            return await options.Store.LockAsync(options.Name, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new ServerUnavailableException("in_use", null);
        }
        catch (Exception reason) when (reason is not SessionException and not OutOfMemoryException)
        {
            throw new SessionStoreException("store", reason);
        }
    }

    private async Task<string?> ReadAsync()
    {
        try
        {
            return await options.Store.ReadAsync(options.Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception reason) when (reason is not SessionException and not OutOfMemoryException)
        {
            throw new SessionStoreException("store", reason);
        }
    }

    private bool IsGood(SessionState state, string? rejected) =>
        state.Access is { } access
        && access != rejected
        && clock.Now < state.ExpiresAt
        && (!state.Bound || givenKey is not null || state.Key is not null);

    /// <summary>Whether it is time for a refresh ahead of need, where the contract takes one.</summary>
    private bool IsWanted(SessionState state) =>
        options.Contract.RefreshesEarly
        && clock.Now >= state.ExpiresAt - (Math.Min(LongestLead, state.Lifetime / 5) * share)
        && !IsQuiet;

    /// <summary>
    /// Whether one has just failed: as long as the token is good nobody waits for a server that is away, and it is not
    /// asked at every call.
    /// </summary>
    private bool IsQuiet =>
        Volatile.Read(ref quietUntil) - clock.Now is > 0 and var left && left <= Backoff.Longest.TotalSeconds;

    private AccessToken Token(SessionState state) =>
        new(
            state.Access!,
            DateTimeOffset.FromUnixTimeMilliseconds((long)(state.ExpiresAt * 1000)),
            state.Bound ? KeyOf(state) : null,
            clock
        );

    private ProofKey? KeyOf(SessionState state)
    {
        if (givenKey is not null || state.Key is not { } stored)
        {
            return givenKey;
        }

        lock (gate)
        {
            if (storedKey is not { } known || known.Stored != stored)
            {
                storedKey = known = (stored, ProofKey.Read(stored));
            }

            return known.Key;
        }
    }
}
