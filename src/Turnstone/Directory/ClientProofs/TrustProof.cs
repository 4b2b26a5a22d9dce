using Turnstone.Directory.Trust;
using Turnstone.Foreign;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.ClientProofs;

/// <summary>
/// An assertion of somebody else's issuer that says who the client is (RFC 7521 §4.1, RFC 7523 §2.1): the client has
/// said which one to trust and for whom. Each is taken once on all nodes, and never later than five minutes after it
/// was issued.
/// </summary>
public sealed class TrustProof(
    TrustDirectory trust,
    IssuerKeys issuers,
    IssuerAndAudience self,
    ITrustStore notes,
    ISpentStore spent,
    RequestLimits limits,
    TimeProvider time
)
{
    /// <summary>Null if it proves the client.</summary>
    public async ValueTask<Refusal?> RefuseAsync(
        Client client,
        ForeignProof sent,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(sent);

        // What this server itself has signed says whose session it is, and nothing of who holds it.
        if (!ForeignAssertion.TryRead(sent.Text, out var assertion) || assertion.Issuer == self.Issuer)
        {
            return Forged(client, sent, caller);
        }

        var rules = (await trust.OfAsync(client.Id, cancellationToken))
            .Where(rule => rule.Issuer == assertion.Issuer)
            .ToList();
        var signed = rules.FindAll(rule => rule.Keys is { } keys && assertion.IsSignedBy(keys));
        if (rules.FindAll(rule => rule.Keys is null) is { Count: > 0 } keyless)
        {
            var published = await issuers.OfAsync(
                assertion.Issuer,
                assertion.Kid,
                OwnTrust.PayerOf(client),
                cancellationToken
            );
            if (published.Got(out var keys, out _))
            {
                signed.AddRange(assertion.IsSignedBy(keys) ? keyless : []);
            }
            else if (signed.Count == 0)
            {
                return Keyless(keyless, published, sent);
            }
        }

        return signed.Count == 0
            ? Forged(client, sent, caller)
            : await JudgeAsync(client, signed, assertion, sent, caller, cancellationToken);
    }

    private async ValueTask<Refusal?> JudgeAsync(
        Client client,
        List<TrustRule> signed,
        ForeignAssertion assertion,
        ForeignProof sent,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var judged = signed.ConvertAll(rule => (Rule: rule, Lack: LackOf(rule, assertion, now)));
        var (taken, lack) = judged.OrderBy(one => Distance(one.Lack)).First();
        if (lack is not null)
        {
            notes.NoteRefusal(taken.Id, now, lack.ToString());
            return TooMany(client, caller) ?? TrustRefusals.Of(lack, sent.Code);
        }

        // Each that is taken is a row until its end.
        if (limits.Take($"assertion:{client.Id}") is { } tooMany)
        {
            return tooMany;
        }

        var fingerprint = assertion.FingerprintBy(taken.Keys);
        if (!await spent.SpendAsync(fingerprint, assertion.SpentUntil, cancellationToken))
        {
            lack = new TrustLack(TrustLack.Repeated);
            notes.NoteRefusal(taken.Id, now, lack.ToString());
            return TrustRefusals.Of(lack, sent.Code);
        }

        notes.NoteUse(taken.Id, now, TrustLack.Shown(assertion.Subject));
        return null;
    }

    private Refusal Keyless(List<TrustRule> rules, Fetched<VerificationKeys> published, ForeignProof sent)
    {
        var lack = new TrustLack(TrustLack.Keys, $"{published.Fault}");
        rules.ForEach(rule => notes.NoteRefusal(rule.Id, time.GetUtcNow(), lack.ToString()));
        return TrustRefusals.Keyless(published, sent.Code);
    }

    private Refusal Forged(Client client, ForeignProof sent, Caller caller) =>
        TooMany(client, caller) ?? TrustRefusals.Wrong(sent.Code);

    // By client and network. Its own program is never refused for those of others: what it sends is taken before.
    private Refusal? TooMany(Client client, Caller caller)
    {
        var (kind, network) = ($"trust of {client.Id}", NetworkPrefix.Of(caller.Network));
        var tooMany = limits.CheckNetwork(kind, network);
        limits.Failed(kind, network);
        return tooMany;
    }

    private static TrustLack? LackOf(TrustRule rule, ForeignAssertion assertion, DateTimeOffset now) =>
        TrustLack.Of(assertion.FaultAt(rule.Audience, now), assertion)
        ?? (
            rule.Lacking(assertion.Claims) is { } condition ? TrustLack.OfClaim(condition, assertion.Claims) : null
        );

    // Of several rules the one that it came closest to is named.
    private static int Distance(TrustLack? lack) =>
        lack?.Word switch
        {
            null => 0,
            TrustLack.Audience => 2,
            _ => 1,
        };
}
