using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tokens.Keys;

/// <remarks>
/// The writing half. Every change names what was seen, so of several nodes that come to the same conclusion one acts
/// and the others read what it did.
/// </remarks>
public sealed partial class SigningKeyRing
{
    /// <summary>
    /// How often a change is tried over when another node changes the store between reading and writing.
    /// </summary>
    private const int Attempts = 5;

    /// <summary>
    /// Does what the calendar asks: makes the keys of a first start and the successors that are due, seals under the
    /// current master key what is sealed under an older one, drops keys whose tokens are all dead. While this node's
    /// clock is in doubt, it makes and drops no key because of its time. To be called at start and every hour; it
    /// leaves the ring up to date.
    /// </summary>
    public async Task TendAsync(CancellationToken cancellationToken)
    {
        var inDoubt = clock is not null && !await clock.IsRightAsync(cancellationToken);
        await MakeDueAsync(inDoubt, cancellationToken);
        var records = await ReadAsync(cancellationToken);
        var now = Now();
        foreach (var record in records)
        {
            if (KeyCalendar.EndOf(record, records) <= now)
            {
                if (!inDoubt)
                {
                    await store.RemoveAsync(record.Kid, cancellationToken);
                }
            }
            else if (record.Sealed[0] != masters.Current.Id)
            {
                await store.SaveAsync(
                    record,
                    record with
                    {
                        Sealed = SigningKey.Reseal(record, masters, random),
                    },
                    entry: null,
                    cancellationToken
                );
            }
        }

        await ReadAsync(cancellationToken);
    }

    /// <summary>
    /// Publishes a successor that signs once every verifier can know it. Asked again while one is waiting, it answers
    /// that one.
    /// </summary>
    public async Task<SigningKey> RotateAsync(
        SigningAlgorithm algorithm,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var records = await ReadAsync(cancellationToken);
            var now = Now();
            if (KeyCalendar.Waiting(records, algorithm, now) is { } waiting)
            {
                return Current.ByKid[waiting.Kid];
            }

            await AddAsync(records, [Make(algorithm, now, now + KeyCalendar.Lead)], now, caller, cancellationToken);
        }

        throw Contended();
    }

    /// <summary>
    /// Takes a key out at once, as when it has leaked: its tokens are refused from now on, and the JWKS no longer shows
    /// it. If it was the one that signs, a successor signs at once: the waiting one, which verifiers know already, or a
    /// new one. False for a name the store does not have.
    /// </summary>
    public async Task<bool> RetireAsync(string kid, Caller caller, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var records = await ReadAsync(cancellationToken);
            var now = Now();
            if (records.FirstOrDefault(record => record.Kid == kid) is not { } key)
            {
                return false;
            }

            if (key.RetiredAt is not null)
            {
                return true;
            }

            // The successor comes first: were the order the other way and this process killed between, an older key
            // would sign again.
            if (
                await SucceedAsync(key, records, now, caller, cancellationToken)
                && await SaveAsync(
                    key,
                    key with
                    {
                        RetiredAt = now,
                    },
                    Entry(AuditEvent.SigningKeyRetired, now, caller, [key]),
                    cancellationToken
                )
            )
            {
                await ReadAsync(cancellationToken);
                return true;
            }
        }

        throw Contended();
    }

    private async Task MakeDueAsync(bool firstAlone, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var records = await ReadAsync(cancellationToken);
            var now = Now();
            var made = new List<SigningKeyRecord>();
            foreach (var algorithm in Enum.GetValues<SigningAlgorithm>())
            {
                if (
                    calendar.Due(records, algorithm, now) is { } signsFrom
                    && !(firstAlone && KeyCalendar.Signing(records, algorithm, now) is not null)
                )
                {
                    made.Add(Make(algorithm, now, signsFrom));
                }
            }

            if (made.Count == 0 || await AddAsync(records, made, now, Caller.Calendar, cancellationToken))
            {
                return;
            }
        }

        throw Contended();
    }

    private async Task<bool> SucceedAsync(
        SigningKeyRecord key,
        IReadOnlyList<SigningKeyRecord> records,
        DateTimeOffset now,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (KeyCalendar.Signing(records, key.Algorithm, now)?.Kid != key.Kid)
        {
            return true;
        }

        return KeyCalendar.Waiting(records, key.Algorithm, now) is { } waiting
            ? await SaveAsync(waiting, waiting with { SignsFrom = now }, entry: null, cancellationToken)
            : await AddAsync(records, [Make(key.Algorithm, now, now)], now, caller, cancellationToken);
    }

    private async Task<bool> AddAsync(
        IReadOnlyList<SigningKeyRecord> seen,
        IReadOnlyList<SigningKeyRecord> added,
        DateTimeOffset now,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (
            await store.AddAsync(
                [.. seen.Select(record => record.Kid)],
                added,
                Entry(AuditEvent.SigningKeyCreated, now, caller, added),
                cancellationToken
            )
        ).IsCommitted;

    private async Task<bool> SaveAsync(
        SigningKeyRecord seen,
        SigningKeyRecord key,
        AuditEntry? entry,
        CancellationToken cancellationToken
    ) => (await store.SaveAsync(seen, key, entry, cancellationToken)).IsCommitted;

    private SigningKeyRecord Make(SigningAlgorithm algorithm, DateTimeOffset published, DateTimeOffset signsFrom) =>
        SigningKey.Make(algorithm, published, signsFrom, masters, random);

    private static AuditEntry Entry(
        AuditEvent what,
        DateTimeOffset now,
        Caller caller,
        IEnumerable<SigningKeyRecord> keys
    ) =>
        new()
        {
            Event = what,
            At = now,
            Caller = caller,
            Detail = string.Join(
                "; ",
                keys.Select(key => $"{key.Algorithm} key {key.Kid}, signs from {key.SignsFrom:u}")
            ),
        };

    // Whole seconds, so that a record reads back from any store exactly as it was written.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    private static StoreUnavailableException Contended() =>
        new("The signing keys are being changed by others; try again.") { Cause = UnavailableCause.Conflict };
}
