using Turnstone.Directory.Trust;
using Turnstone.Foreign;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;

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
    private static readonly TimeSpan UntilAskedAgain = TimeSpan.FromSeconds(30);

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
            if (published.Got(out var keys, out var sentence))
            {
                signed.AddRange(assertion.IsSignedBy(keys) ? keyless : []);
            }
            else if (signed.Count == 0)
            {
                return Keyless(keyless, published.Fault, sentence, sent);
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
            return TooMany(client, caller) ?? Explain(lack, sent);
        }

        // Each that is taken is a row until its end.
        if (limits.Take($"assertion:{client.Id}") is { } tooMany)
        {
            return tooMany;
        }

        var until = assertion.EndsAt + AccessTokenLimits.Skew;
        if (!await spent.SpendAsync(assertion.FingerprintBy(taken.Keys), until, cancellationToken))
        {
            lack = new TrustLack(TrustLack.Repeated);
            notes.NoteRefusal(taken.Id, now, lack.ToString());
            return Explain(lack, sent);
        }

        notes.NoteUse(taken.Id, now, TrustLack.Shown(assertion.Subject));
        return null;
    }

    // Nobody is known to have sent it yet, but what is wrong is wrong for whoever sends one.
    private Refusal Keyless(List<TrustRule> rules, FetchFault? fault, string sentence, ForeignProof sent)
    {
        var lack = new TrustLack(TrustLack.Keys, $"{fault}");
        rules.ForEach(rule => notes.NoteRefusal(rule.Id, time.GetUtcNow(), lack.ToString()));
        return fault is FetchFault.Unreachable or FetchFault.TooMany
            ? new(
                RefusalCode.Unavailable,
                $"The keys of the issuer cannot be had now: {sentence}",
                "Repeat the request after the time in Retry-After, with a new assertion.",
                UntilAskedAgain
            )
            : new(
                sent.Code,
                $"The issuer publishes no keys that can be used: {sentence}",
                "Mend its discovery document or what is at its jwks_uri, and ask again in half a minute."
            );
    }

    private Refusal Forged(Client client, ForeignProof sent, Caller caller) => TooMany(client, caller) ?? Wrong(sent);

    // By client and network. Its own program is never refused for those of others: what it sends is taken before.
    private Refusal? TooMany(Client client, Caller caller)
    {
        var (kind, network) = ($"trust of {client.Id}", NetworkPrefix.Of(caller.Network));
        var tooMany = limits.CheckNetwork(kind, network);
        limits.Failed(kind, network);
        return tooMany;
    }

    /// <summary>One answer to everything before the signature: until then nobody is known to have sent it.</summary>
    public static Refusal Wrong(ForeignProof sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        return new(
            sent.Code,
            "The assertion is not taken.",
            "Send a JWT of an issuer that this client trusts, with sub, aud, iat and exp, signed by its key."
        );
    }

    private static TrustLack? LackOf(TrustRule rule, ForeignAssertion assertion, DateTimeOffset now) =>
        assertion.FaultAt(rule.Audience, now) switch
        {
            ForeignFault.WrongAudience => new(TrustLack.Audience, string.Join(' ', assertion.Audiences)),
            ForeignFault.Expired => new(TrustLack.Expired),
            ForeignFault.TooOld => new(TrustLack.TooOld),
            ForeignFault.NotYetValid => new(TrustLack.NotYet),
            _ => rule.Lacking(assertion.Claims) is { } condition
                ? TrustLack.OfClaim(condition, assertion.Claims)
                : null,
        };

    // Of several rules the one that it came closest to is named.
    private static int Distance(TrustLack? lack) =>
        lack?.Word switch
        {
            null => 0,
            TrustLack.Audience => 2,
            _ => 1,
        };

    // What the rule wants is its owner's to see: anybody may have an assertion of the same issuer.
    private static Refusal Explain(TrustLack lack, ForeignProof sent) =>
        lack.Word switch
        {
            TrustLack.Audience => new(
                sent.Code,
                "The aud of the assertion is another one.",
                "Ask the issuer for the one audience that is registered here, and no other beside it."
            ),
            TrustLack.Claim => new(
                sent.Code,
                $"The claim {lack.Claimed.Name} of the assertion is not as it is registered.",
                "See what was expected on the application's page in the portal."
            ),
            TrustLack.Repeated => new(sent.Code, "The assertion was used before.", "Get a new one for each request."),
            TrustLack.NotYet => new(sent.Code, "The assertion is of the future.", "Check the clock of the issuer."),
            _ => new(
                sent.Code,
                "The assertion is too old.",
                "Get a new one for each request: it is taken for five minutes after it was issued."
            ),
        };
}
