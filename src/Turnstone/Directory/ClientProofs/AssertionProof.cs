using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Directory.ClientProofs;

/// <summary>
/// <c>private_key_jwt</c> (RFC 7523 §2.2): a JWT that the client has signed for this server, good once on all nodes.
/// </summary>
public sealed class AssertionProof(ClientKeys clientKeys, ISpentStore spent, RequestLimits limits, TimeProvider time)
{
    /// <summary>One answer to everything before the signature: until then nobody is known to have sent it.</summary>
    public static readonly Refusal Wrong = new(
        RefusalCode.InvalidClient,
        "The client could not be authenticated.",
        "Check client_assertion: iss and sub are the client_id, with jti, aud and exp, signed by a registered key."
    );

    private static readonly Refusal Repeated = Refused(
        "The client_assertion was used before.",
        "Sign one for each request, with a jti of its own."
    );

    private static readonly Refusal NotOfProfile = Refused(
        "The client_assertion is signed in a way that the client's profile does not allow.",
        "Sign it by ES256 or PS256."
    );

    /// <summary>The client that the assertion names, before anything is proven.</summary>
    public static bool TryRead(PresentedClient presented, [NotNullWhen(true)] out ClientAssertion? assertion)
    {
        assertion = null;
        return presented.Assertion is { } sent
            && ClientAssertion.TryRead(sent.Text, out assertion)
            && (presented.Id is null || presented.Id == assertion.ClientId);
    }

    /// <summary>Null if it proves the client.</summary>
    public async ValueTask<Refusal?> RefuseAsync(
        Client client,
        ClientAssertion assertion,
        PresentedAssertion sent,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var found = await clientKeys.OfAsync(client, assertion.Kid, caller, cancellationToken);
        if (!found.Granted(out var keys, out var none))
        {
            return none;
        }

        if (!assertion.IsSignedBy(keys))
        {
            return Forged(client, caller);
        }

        if (client.IsFapi2 && !Fapi2Profile.Allows(assertion.Algorithm))
        {
            return NotOfProfile;
        }

        var audiences = sent.AudiencesFor(client);

        if (assertion.FaultAt(audiences, time.GetUtcNow(), asText: client.IsFapi2) is { } fault)
        {
            return Explain(fault, audiences);
        }

        // Each that is taken is a row until its end.
        if (limits.Take($"assertion:{client.Id}") is { } tooMany)
        {
            return tooMany;
        }

        return await spent.SpendAsync(
            HashOf(client.Id, assertion.TokenId),
            assertion.ExpiresAt + AccessTokenLimits.Skew,
            cancellationToken
        )
            ? null
            : Repeated;
    }

    // By client and network. The client itself is never refused for them: its signature is right.
    private Refusal Forged(Client client, Caller caller)
    {
        var (kind, network) = ($"assertion of {client.Id}", NetworkPrefix.Of(caller.Network));
        var tooMany = limits.CheckNetwork(kind, network);
        limits.Failed(kind, network);
        return tooMany ?? Wrong;
    }

    // The client's own id is in it: another client's jti may be the same.
    private static byte[] HashOf(string clientId, string tokenId) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"client assertion\n{clientId}\n{tokenId}"));

    private static Refusal Explain(AssertionFault fault, IReadOnlyCollection<string> audiences) =>
        fault switch
        {
            AssertionFault.WrongAudience => Refused(
                "The aud of the client_assertion is not this server's.",
                $"Send {string.Join(" or ", audiences)}, and nobody else beside it."
            ),
            AssertionFault.Expired => Refused("The client_assertion has expired.", "Sign one for each request."),
            AssertionFault.TooLong => Refused(
                "The client_assertion is good for too long.",
                "Say by iat when it was issued, or let exp be at most five minutes ahead, and check the clock."
            ),
            AssertionFault.NotYetValid => Refused(
                "The client_assertion is of the future.",
                "Check the clock: iat and nbf must not be ahead."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };

    private static Refusal Refused(string reason, string nextStep) => new(RefusalCode.InvalidClient, reason, nextStep);
}
