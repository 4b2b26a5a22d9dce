using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// The signing keys as this node last read them, open in memory. Reading is memory only; <see cref="LoadAsync"/> brings
/// it up to date and is called at start, when the store tells of a change, and when an unknown key is met (<see
/// cref="Stale"/>).
/// </summary>
/// <remarks>
/// Who signs follows from the stored calendar and the clock alone, so nodes agree without talking. A node that lags, or
/// whose clock is off, signs with the key before or the key after for that while: both are in every JWKS by then (<see
/// cref="KeyCalendar.Lead"/> holds an allowance for it), so nobody notices. A node cut off from the store goes on
/// verifying with the keys it has; it cannot issue, because every issue is a commit.
/// </remarks>
public sealed partial class SigningKeyRing(
    ISigningKeyStore store,
    MasterKeyRing masters,
    KeyCalendar calendar,
    TimeProvider time,
    RandomSource random,
    IStoreClock? clock = null
)
{
    /// <summary>Unknown names are cheap to invent: they ask for one reload in this time.</summary>
    private static readonly TimeSpan StaleInterval = TimeSpan.FromSeconds(5);

    private readonly Lock adopting = new();
    private Snapshot? snapshot;
    private long tickets;
    private long lastStale;

    /// <summary>
    /// A token named a key that is not here; raised once in a few seconds at most, on the caller's thread: start a
    /// reload elsewhere and return.
    /// </summary>
    public event EventHandler? Stale;

    /// <summary>Every key that verifiers must know, oldest first: all that are stored but the retired ones.</summary>
    /// <exception cref="StoreUnavailableException">The ring was never loaded.</exception>
    public IReadOnlyList<SigningKey> Published => Current.Published;

    /// <summary>Every stored key with its calendar, the retired ones too: for the operator's list.</summary>
    /// <exception cref="StoreUnavailableException">The ring was never loaded.</exception>
    public IReadOnlyList<SigningKey> All => Current.All;

    /// <summary>The key that signs now.</summary>
    /// <exception cref="StoreUnavailableException">The ring was never loaded, or holds no key for this
    /// algorithm.</exception>
    public SigningKey Signing(SigningAlgorithm algorithm) =>
        KeyCalendar.Signing(Current.Records, algorithm, time.GetUtcNow()) is { } record
            ? Current.ByKid[record.Kid]
            : throw new StoreUnavailableException($"There is no {algorithm} key that signs.")
            {
                Cause = UnavailableCause.NotReady,
            };

    /// <summary>The published key of this name; null for an unknown or retired one.</summary>
    /// <exception cref="StoreUnavailableException">The ring was never loaded.</exception>
    public SigningKey? Find(string kid)
    {
        if (Current.ByKid.TryGetValue(kid, out var key))
        {
            return key.RetiredAt is null ? key : null;
        }

        TellStale();
        return null;
    }

    /// <summary>Reads the store.</summary>
    /// <exception cref="CryptographicException"> Some key could not be opened, so the master keys here are not those it
    /// was sealed under. The others, and every retirement, are in force all the same. </exception>
    public async Task LoadAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken);

    private Snapshot Current =>
        snapshot
        ?? throw new StoreUnavailableException("The signing keys have not been read yet.")
        {
            Cause = UnavailableCause.NotReady,
        };

    private async Task<IReadOnlyList<SigningKeyRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        var ticket = Interlocked.Increment(ref tickets);
        var records = await store.ListAsync(cancellationToken);
        lock (adopting)
        {
            // Of two reads under way, the one that was asked first may have seen less.
            if (snapshot is null || snapshot.Ticket < ticket)
            {
                snapshot = Snapshot.Of(records, snapshot, masters, ticket);
            }

            if (snapshot.Unopened.Count > 0)
            {
                throw new CryptographicException(
                    $"No master key in force here opens the signing key {string.Join(", ", snapshot.Unopened)}: "
                        + "add the master key it was sealed under."
                );
            }
        }

        return records;
    }

    private void TellStale()
    {
        var now = time.GetUtcNow().UtcTicks;
        var last = Interlocked.Read(ref lastStale);
        if (now - last >= StaleInterval.Ticks && Interlocked.CompareExchange(ref lastStale, now, last) == last)
        {
            Stale?.Invoke(this, EventArgs.Empty);
        }
    }

    private sealed record Snapshot(long Ticket, IReadOnlyList<SigningKey> All, IReadOnlyList<string> Unopened)
    {
        public IReadOnlyList<SigningKeyRecord> Records { get; } = [.. All.Select(key => key.Record)];

        public IReadOnlyList<SigningKey> Published { get; } = [.. All.Where(key => key.RetiredAt is null)];

        public FrozenDictionary<string, SigningKey> ByKid { get; } =
            All.ToFrozenDictionary(key => key.Kid, StringComparer.Ordinal);

        /// <summary>
        /// Keys that were open stay open, even when another node has sealed them under a master key that is not here
        /// yet.
        /// </summary>
        public static Snapshot Of(
            IEnumerable<SigningKeyRecord> records,
            Snapshot? before,
            MasterKeyRing masters,
            long ticket
        )
        {
            List<SigningKey> keys = [];
            List<string> unopened = [];
            foreach (
                var record in records
                    .OrderBy(record => record.SignsFrom)
                    .ThenBy(record => record.Algorithm)
                    .ThenBy(record => record.Kid, StringComparer.Ordinal)
            )
            {
                if (
                    before is not null
                    && before.ByKid.TryGetValue(record.Kid, out var open)
                    && open.Algorithm == record.Algorithm
                )
                {
                    keys.Add(open.With(record));
                }
                else if (TryOpen(record, masters, out var opened))
                {
                    keys.Add(opened);
                }
                else
                {
                    unopened.Add(record.Kid);
                }
            }

            return new Snapshot(ticket, keys, unopened);
        }

        private static bool TryOpen(
            SigningKeyRecord record,
            MasterKeyRing masters,
            [NotNullWhen(true)] out SigningKey? key
        )
        {
            try
            {
                key = SigningKey.Open(record, masters);
                return true;
            }
            catch (CryptographicException)
            {
                key = null;
                return false;
            }
        }
    }
}
