using System.Diagnostics;
using Turnstone.Directory;

namespace Turnstone.Nodes.Clients;

/// <summary>What came of one request.</summary>
/// <param name="Ended">When, since the load began.</param>
/// <param name="Took">How long the client waited.</param>
/// <param name="Status">The status; 0 when the connection failed, 1 when nothing came before the deadline.</param>
/// <param name="Sound">Whether the answer was as it should be: a 429 or 503 with Retry-After, anything else without
/// more.</param>
internal readonly record struct Answer(TimeSpan Ended, TimeSpan Took, int Status, bool Sound)
{
    public const int NoConnection = 0;
    public const int NoAnswer = 1;

    public bool Granted => Status is >= 200 and < 300;
}

/// <summary>Every answer that the chains of a load were given.</summary>
internal sealed class Answers
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private readonly List<Answer> all = [];

    public TimeSpan Now => watch.Elapsed;

    public void Add(TimeSpan began, int status, bool sound)
    {
        var now = Now;
        lock (gate)
        {
            all.Add(new Answer(now, now - began, status, sound));
        }
    }

    public IReadOnlyList<Answer> Between(TimeSpan from, TimeSpan to)
    {
        lock (gate)
        {
            return all.FindAll(answer => answer.Ended >= from && answer.Ended < to);
        }
    }

    public IReadOnlyList<Answer> All => Between(TimeSpan.Zero, TimeSpan.MaxValue);

    /// <summary>Grants a second.</summary>
    public double Rate(TimeSpan from, TimeSpan to) =>
        Between(from, to).Count(answer => answer.Granted) / (to - from).TotalSeconds;

    /// <summary>
    /// How long after the moment a half second came with at least four fifths of the usual rate; null when none came.
    /// </summary>
    public TimeSpan? Recovery(TimeSpan since, double usual)
    {
        var half = TimeSpan.FromSeconds(0.5);
        for (var at = since; at + half <= Now; at += TimeSpan.FromSeconds(0.1))
        {
            if (Rate(at, at + half) >= 0.8 * usual)
            {
                return at - since;
            }
        }

        return null;
    }

    public static TimeSpan Quantile(IReadOnlyList<TimeSpan> of, double share) =>
        of.Count == 0 ? TimeSpan.Zero : of.Order().ElementAt(Math.Min(of.Count - 1, (int)(of.Count * share)));
}
