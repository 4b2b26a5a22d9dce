using Turnstone.Foreign;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.ClientProofs;

/// <summary>The keys by which a client proves itself: registered ones, or those that it publishes.</summary>
public sealed class ClientKeys(ForeignKeys published)
{
    private static readonly TimeSpan UntilAskedAgain = TimeSpan.FromSeconds(30);

    /// <summary>The keys, or why there are none now.</summary>
    /// <param name="client">The client.</param>
    /// <param name="kid">The key that its signature names; null where it names none.</param>
    /// <param name="caller">Who asks; his network pays for a client that nobody has vouched for.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<Outcome<VerificationKeys>> OfAsync(
        Client client,
        string? kid,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(caller);
        if (client.Keys is { } registered)
        {
            return registered;
        }

        if (client.KeysUri is not { } uri)
        {
            return AssertionProof.Wrong;
        }

        var fetched = await published.FindAsync(uri, kid, PayerOf(client, caller), cancellationToken);
        return fetched.Got(out var keys, out var sentence) ? keys
            : fetched.Fault is FetchFault.Unreachable or FetchFault.TooMany ? Away(sentence)
            : new Refusal(
                RefusalCode.InvalidClient,
                $"The client publishes no keys that can be used: {sentence}",
                "Mend what is at its jwks_uri, and ask again in half a minute."
            );
    }

    // Who has registered or described himself is anybody, and may be as many clients as he likes.
    private static FetchPayer PayerOf(Client client, Caller caller) =>
        client.Source is null
            ? FetchPayer.Registered(client.OwnerId?.ToString() ?? client.Id)
            : FetchPayer.Stranger(NetworkPrefix.Of(caller.Network));

    // Not invalid_client: at that some clients throw their registration away.
    private static Refusal Away(string sentence) =>
        new(
            RefusalCode.Unavailable,
            $"The keys of the client cannot be had now: {sentence}",
            "Repeat the request after the time in Retry-After.",
            UntilAskedAgain
        );
}
