using System.Collections.Immutable;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>
/// A token for less by a token that is good (RFC 8693). The new one belongs to the same session, so it ends with it;
/// nothing is written. It is for the client that asks, which has to prove itself: a token alone is exchanged for none.
/// With an actor's token it says who acts (§4.1). Scopes, audience and time are those of the token or fewer; a token
/// for a registered API is for that one still, and only for a client that is registered for it.
/// </summary>
public sealed class TokenExchangeGrant(
    AccessTokenReader reader,
    Apis apis,
    IssuerAndAudience issuer,
    PairwiseSubjects subjects,
    TimeProvider time
) : Grant
{
    public const string TypeName = ApplicationRules.TokenExchange;

    /// <summary>The token of the one who is acted for.</summary>
    public static readonly GrantParameter SubjectToken = new(
        "subject_token",
        AccessTokenReader.LongestToken,
        Secret: true
    )
    {
        Shape = ParameterShape.Jws,
    };

    public static readonly GrantParameter SubjectTokenType = new("subject_token_type", Longest: 128) { Shape = Types };

    /// <summary>The token of the one who acts: one that was issued to the client that asks.</summary>
    public static readonly GrantParameter ActorToken = new(
        "actor_token",
        AccessTokenReader.LongestToken,
        Required: false,
        Secret: true
    )
    {
        Shape = ParameterShape.Jws,
    };

    public static readonly GrantParameter ActorTokenType = new("actor_token_type", Longest: 128, Required: false)
    {
        Shape = Types,
    };

    public static readonly GrantParameter RequestedType = new("requested_token_type", Longest: 128, Required: false)
    {
        Shape = Types,
    };

    public static readonly GrantParameter Audience = new("audience", Longest: 2048, Required: false) { Many = true };

    private static ParameterShape Types => ParameterShape.OneOf(TokenTypes.AccessToken, TokenTypes.Jwt);

    private static readonly Refusal WrongActor = new(
        RefusalCode.InvalidSubjectToken,
        "The actor_token is not taken.",
        "Send a good access token that was issued to this client and that acts for nobody itself."
    );

    // Whoever has it shows with each use that he has its key; so does whoever exchanges it, and the new token is bound
    // to it too (RFC 9449 §5).
    private static readonly Refusal Bound = new(
        RefusalCode.InvalidSubjectToken,
        "The subject_token is bound to a key.",
        "Send a DPoP proof of that key with the request."
    );

    private static readonly Refusal TooManyActors = new(
        RefusalCode.InvalidSubjectToken,
        $"Already {ActorClaim.Most} act one for the other.",
        "Exchange a token that has been exchanged less often."
    );

    public override string Kind => GrantKind.Exchange;

    public override string GrantType => TypeName;

    public override ImmutableArray<GrantParameter> Parameters { get; } =
    [SubjectToken, SubjectTokenType, ActorToken, ActorTokenType, RequestedType, Audience];

    public override Refusal Wrong { get; } =
        new(
            RefusalCode.InvalidSubjectToken,
            "The subject_token is not taken.",
            "Send an access token of this server that is still good."
        );

    /// <summary>A subject's token of another issuer says who the client itself is (RFC 7521 §4.1).</summary>
    public override ForeignProof? ProofOfClient(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return
            read(SubjectToken.Name) is { } text
            && ForeignAssertion.TryRead(text, out var assertion)
            && assertion.Issuer != issuer.Issuer
            ? new ForeignProof(text, RefusalCode.InvalidSubjectToken)
            : null;
    }

    public override ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new(
            attempt.Client is { Public: false } client
                ? new CredentialProof($"client:{client.Id}", cancel => AdmittedAsync(client, attempt, cancel))
                {
                    ClientId = client.Id,
                }
                : Failed(Refusals.UnauthorizedClient, attempt.Client)
        );
    }

    private async ValueTask<Proof> AdmittedAsync(Client client, Attempt attempt, CancellationToken cancellationToken) =>
        ProofOf(client, attempt) switch
        {
            ExchangeProof { AccountId: { } account } proof => proof with
            {
                SubjectName = await subjects.OfAsync(client, account, cancellationToken),
            },
            var proof => proof,
        };

    private Proof ProofOf(Client client, Attempt attempt) =>
        attempt.Trusted is { } trusted ? OfItself(client, trusted, attempt.Input) : Admitted(client, attempt);

    // Nobody acts for anybody, and there is no token that the new one could be less than.
    private Proof OfItself(Client client, ForeignProof trusted, GrantInput input)
    {
        if (input[ActorToken] is not null || input[ActorTokenType] is not null)
        {
            return Failed(Refusals.Malformed("Leave actor_token out: the assertion is the client's own."), client);
        }

        // A name of ours is the same by both (§2.1).
        if (input.All(Audience).Where(name => name.Length > 0).Except(input.Resources).Any())
        {
            return Failed(Refusals.Malformed("Send resource in place of audience for an assertion."), client);
        }

        var proof = ClientCredentialsGrant.Admitted(apis, client, input, trusted);
        return proof is ClientCredentialsProof own ? own with { TokenType = TokenTypes.AccessToken } : proof;
    }

    private Proof Admitted(Client client, Attempt attempt)
    {
        var (input, key) = (attempt.Input, attempt.Possession?.KeyThumbprint);
        if (input[ActorToken] is null != input[ActorTokenType] is null)
        {
            return Failed(Refusals.Malformed("Send actor_token and actor_token_type, or neither."), client);
        }

        // The token may have some, which the new one keeps; there is no saying yet how some become fewer.
        if (input.Details is not null)
        {
            return Failed(Refusals.Malformed("Leave authorization_details out: they stay as they are."), client);
        }

        var reading = reader.ReadOfAny(input.Required(SubjectToken), key);
        if (!reading.Good(out var subject) || apis.Find(subject.Audience) is null)
        {
            return Failed(reading.Fault is AccessTokenFault.Bound ? Bound : Wrong, client);
        }

        var about = subject.AccountId;
        var wanted = input.All(Audience).Concat(input.Resources).Where(audience => audience.Length > 0);
        if (wanted.Any(audience => audience != subject.Audience))
        {
            return Failed(
                Refusals.InvalidTarget(
                    $"The token can only be for {subject.Audience}.",
                    "Ask for that audience, or for none."
                ),
                client,
                about
            );
        }

        if (!MostOf(client, subject.Audience).Granted(out var allowed, out var notFor))
        {
            return Failed(notFor, client, about);
        }

        // Never offline_access: there is no refresh token to go with it.
        var most = subject.Scopes.And(allowed).Without(Scopes.Of([IdentityScopes.OfflineAccess]));
        if (input.Scopes?.Within(most) is false)
        {
            return Failed(Refusals.InvalidScope, client, about);
        }

        var ends = subject.ExpiresAt;
        var actor = subject.Actor;
        if (input[ActorToken] is { } text)
        {
            if (
                !reader.Read(text, key).Good(out var acting)
                || acting.ClientId != client.Id
                || acting.Actor is not null
            )
            {
                return Failed(WrongActor, client, about);
            }

            actor = new ActorClaim(acting.Subject, client.Id, actor);
            ends = acting.ExpiresAt < ends ? acting.ExpiresAt : ends;
        }

        return actor?.Count > ActorClaim.Most || subject.ExchangedFrom?.Through.Count >= ActorClaim.Most
                ? Failed(TooManyActors, client, about)
            : ends <= time.GetUtcNow() ? Failed(Wrong, client, about)
            : new ExchangeProof(client, subject, input.Scopes ?? most)
            {
                AccountId = about,
                ClientId = client.Id,
                SubjectName = subject.Subject,
                Actor = actor,
                Ends = ends,
            };
    }

    // An API without scopes would open to whoever may exchange: the client is registered for it as for a token of its
    // own.
    private Outcome<Scopes> MostOf(Client client, string audience)
    {
        if (audience == apis.Default.Identifier)
        {
            return client.Scopes;
        }

        return apis.Choose([audience], asked: null, client.Scopes, client.Resources)
            .Granted(out var target, out var not)
            ? target.Scopes
            : not;
    }

    private static FailedProof Failed(Refusal refusal, Client? client, Guid? account = null) =>
        new(refusal) { ClientId = client?.Id, AccountId = account };
}
