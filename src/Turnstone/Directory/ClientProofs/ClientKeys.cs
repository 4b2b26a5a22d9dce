using Turnstone.Foreign;
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
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<Outcome<VerificationKeys>> OfAsync(
        Client client,
        string? kid,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.Keys is { } registered)
        {
            return registered;
        }

        if (client.KeysUri is not { } uri)
        {
            return AssertionProof.Wrong;
        }

        var payer = FetchPayer.Registered(client.OwnerId?.ToString() ?? client.Id);
        var fetched = await published.FindAsync(uri, kid, payer, cancellationToken);
        return fetched.Got(out var keys, out var sentence) ? keys
            : fetched.Fault is FetchFault.Unreachable or FetchFault.TooMany ? Away(sentence)
            : new Refusal(
                RefusalCode.InvalidClient,
                $"The client publishes no keys that can be used: {sentence}",
                "Mend what is at its jwks_uri, and ask again in half a minute."
            );
    }

    // Not invalid_client: at that some clients throw their registration away.
    private static Refusal Away(string sentence) =>
        new(
            RefusalCode.Unavailable,
            $"The keys of the client cannot be had now: {sentence}",
            "Repeat the request after the time in Retry-After.",
            UntilAskedAgain
        );
}
