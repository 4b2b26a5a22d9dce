using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using static Turnstone.Tests.Sessions.RotationRows;

namespace Turnstone.Tests.Sessions;

/// <summary>
/// The model of a store with one session, of which copies are made and put back, with its sweep and its journal, and of
/// two holders who keep every token that they were ever given.
/// </summary>
internal sealed class ForgetfulStore(bool keepsJournal)
{
    private static readonly Terms LongTerms = Usual with { RefreshLifetime = TimeSpan.FromDays(30) };
    private static readonly TimeSpan Retention = TimeSpan.FromDays(3);
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);
    private static readonly Guid Account = Guid.Parse("018f0000-0000-7000-8000-000000000002");

    private readonly List<Session?> copies = [null];
    private readonly List<RefreshToken> tokens = [];
    private DateTimeOffset? journaledUntil;

    public Session? Row { get; private set; } = Row(0, LongTerms);

    public DateTimeOffset Now { get; private set; } = Noon;

    /// <summary>When the session ended: by revocation or alarm, or because its last token expired.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    public IReadOnlyList<RefreshToken> Tokens => tokens;

    public void Open() => tokens.Add(TokenOf(Row!));

    public void Wait(TimeSpan time)
    {
        Now += time;
        if (EndedAt is null && tokens.Max(token => token.Origin!.ExpiresAt) is var last && last <= Now)
        {
            EndedAt = last;
        }
    }

    public void Copy() => copies.Add(Row);

    /// <summary>Puts a copy back; one from before the login has no row.</summary>
    public void PutBack(int copy)
    {
        Row = copies[copy % copies.Count];
        copies.RemoveRange((copy % copies.Count) + 1, copies.Count - (copy % copies.Count) - 1);
        if (!keepsJournal || journaledUntil is not { } until || until + Margin <= Now)
        {
            return;
        }

        // As Storage/Sessions/ForgottenEnds writes it.
        var row = Row ?? Row(0, LongTerms) with { Refreshable = false };
        var ended = Rotation.Ended(row, RevocationReason.Logout, Now);
        Row = ended.RefreshExpiresAt < until ? ended with { RefreshExpiresAt = until } : ended;
        Write(Row);
    }

    /// <summary>False where there is nothing to end, as with a store that has forgotten the session.</summary>
    public bool LogOut()
    {
        if (Row is not { RevokedAt: null })
        {
            return false;
        }

        Row = Rotation.Ended(Row, RevocationReason.Logout, Now);
        Write(Row);
        return true;
    }

    /// <summary>As Storage/Sessions/SessionSweep has it.</summary>
    public void Sweep()
    {
        var before = Now - Retention;
        if (
            Row is { } row
            && row.AccessDeadAt < before
            && (row.RefreshExpiresAt < before || row.RevokedAt < before - SessionLimits.LongestReopening)
        )
        {
            Row = null;
        }
    }

    public RotationDecision Refresh(int which)
    {
        var token = tokens[which % tokens.Count];
        var attempt = new RefreshAttempt(token, null, null, LongTerms);
        Row ??= ForgottenSession.Of(attempt, Account, Scopes.None, Now);
        var decision = Rotation.Decide(Row, attempt, Now);
        if (decision.Writes)
        {
            Row = decision.Session!;
            Write(Row);
        }

        if (decision.Kind is RotationKind.Advance)
        {
            tokens.Add(TokenOf(Row!));
        }

        return decision;
    }

    public override string ToString() =>
        $"now {Now:u}, ended {EndedAt:u}, row {Row?.Generation} revoked {Row?.RevokedAt:u} until "
        + $"{Row?.RefreshExpiresAt:u}, journal until {journaledUntil:u}";

    private void Write(Session row)
    {
        if (row.RevokedAt is not null)
        {
            EndedAt ??= Now;
            journaledUntil = row.RefreshExpiresAt > journaledUntil ? row.RefreshExpiresAt : journaledUntil;
            journaledUntil ??= row.RefreshExpiresAt;
        }
    }

    private static RefreshToken TokenOf(Session row) =>
        new(Id, row.Generation)
        {
            Origin = new SessionOrigin
            {
                Contract = row.Contract,
                Grant = GrantKind.Password,
                AccountId = Account,
                IssuedAt = row.AdvancedAt,
                ExpiresAt = row.RefreshExpiresAt,
                OpenedAfter = 0,
            },
        };
}
