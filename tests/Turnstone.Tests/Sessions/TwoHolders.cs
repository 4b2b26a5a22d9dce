using System.Security.Cryptography;
using Turnstone.Sessions;
using static Turnstone.Tests.Sessions.RotationRows;

namespace Turnstone.Tests.Sessions;

/// <summary>The model of a session with two holders of its refresh token.</summary>
internal sealed class TwoHolders(bool ownerSendsKeys, bool thiefSendsKeys)
{
    private static readonly Terms LongTerms = Usual with { RefreshLifetime = TimeSpan.FromDays(30) };

    private readonly List<Session> copies = [Row(0, LongTerms)];
    private byte keys;
    private bool found;
    private bool ownerIsAhead;
    private int ownerAnswersBefore;

    public Session Row { get; private set; } = Row(0, LongTerms);

    public DateTimeOffset Now { get; private set; } = Noon;

    public Holder Owner { get; } = new(ownerSendsKeys);

    public Holder Thief { get; } = new(thiefSendsKeys);

    /// <summary>
    /// Whether the session has ended or has given its alarm; an email is not taken back by a restore.
    /// </summary>
    public bool Found => found;

    /// <summary>What the owner has received since the thief received something for the first time.</summary>
    public int OwnerAnswersSinceTheTheft => Thief.Answers == 0 ? 0 : Owner.Answers - ownerAnswersBefore;

    public void ThiefCopies(uint? generation = null) => Thief.Holds = generation ?? Owner.Holds;

    public void Wait(TimeSpan time) => Now += time;

    public void Copy() => copies.Add(Row);

    /// <summary>
    /// The store goes back to one of its copies, and the bound begins anew. The journal has told it of an end.
    /// </summary>
    public void PutBack(int copy)
    {
        if (Row.RevokedAt is null)
        {
            copies.RemoveRange((copy % copies.Count) + 1, copies.Count - (copy % copies.Count) - 1);
            Restore(copies[^1]);
        }
    }

    /// <summary>
    /// The bound begins with the owner's next answer: until then a thief may go on from a token that was replaced.
    /// </summary>
    public void Restore(Session backup)
    {
        Row = backup;
        (Thief.Answers, ownerIsAhead) = (0, true);
    }

    /// <summary>A repeat after a lost answer carries the key of the first try.</summary>
    public void Refresh(Holder holder, bool answerArrives)
    {
        if (!holder.Lost)
        {
            holder.Key = holder.SendsKeys ? SHA256.HashData([++keys, holder == Thief ? (byte)1 : (byte)0]) : null;
        }

        var decision = Rotation.Decide(Row, Attempt(holder.Holds, holder.Key, LongTerms), Now);
        if (decision.Writes)
        {
            Row = decision.Session!;
        }

        found |= Row.RevokedAt is not null || Row.AlarmedAt is not null;
        holder.Lost = decision.Grants && !answerArrives;
        if (decision.Grants && answerArrives)
        {
            ownerIsAhead &= holder != Owner;
            if (holder == Thief && Thief.Answers == 0)
            {
                ownerAnswersBefore = Owner.Answers;
            }

            holder.Holds = decision.Session!.Generation;
            holder.Answers += holder == Thief && ownerIsAhead ? 0 : 1;
        }
    }

    public override string ToString() =>
        $"row {Row.Generation} of {Row.AdvancedAt:T}, owner {Owner.Holds}, thief {Thief.Holds}, now {Now:T}";

    /// <summary>Who has a refresh token of the session.</summary>
    internal sealed class Holder(bool sendsKeys)
    {
        public bool SendsKeys => sendsKeys;

        public uint Holds { get; set; }

        public byte[]? Key { get; set; }

        /// <summary>Whether the answer to the last try was lost.</summary>
        public bool Lost { get; set; }

        public int Answers { get; set; }
    }
}
