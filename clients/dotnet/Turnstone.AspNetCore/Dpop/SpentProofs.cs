namespace Turnstone.AspNetCore.Dpop;

/// <summary>
/// The proofs that were taken, for as long as each could be taken again: two generations, each of that length. A proof
/// that cannot be remembered is not taken. So that nobody fills the room for all, a key that has had more than its
/// share of it is refused once it is full, and every other key goes on in as much again.
/// </summary>
internal sealed class SpentProofs(TimeProvider time, TimeSpan life, int most = 200_000)
{
    private readonly Lock turning = new();
    private Generation young = new();
    private Generation old = new();
    private long turnedAt = time.GetTimestamp();

    /// <summary>False for one that was taken before, or for which there is no room.</summary>
    /// <param name="key">The thumbprint of the key that has signed it.</param>
    /// <param name="id">The proof's <c>jti</c>.</param>
    public bool Spend(string key, string id)
    {
        lock (turning)
        {
            if (time.GetElapsedTime(turnedAt) >= life)
            {
                (old, young) = (young, new());
                turnedAt = time.GetTimestamp();
            }

            var name = $"{key}\n{id}";
            return !old.Proofs.Contains(name) && HasRoom(key) && young.Add(key, name);
        }
    }

    private bool HasRoom(string key) =>
        young.Proofs.Count < most
        || (young.Proofs.Count < 2 * most && young.TakenBy(key) < most / Math.Max(1, young.Keys));

    private sealed class Generation
    {
        private readonly Dictionary<string, int> taken = new(StringComparer.Ordinal);

        public HashSet<string> Proofs { get; } = new(StringComparer.Ordinal);

        public int Keys => taken.Count;

        public int TakenBy(string key) => taken.GetValueOrDefault(key);

        public bool Add(string key, string name)
        {
            if (!Proofs.Add(name))
            {
                return false;
            }

            taken[key] = TakenBy(key) + 1;
            return true;
        }
    }
}
