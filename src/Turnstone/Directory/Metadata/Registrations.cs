using Turnstone.Credentials;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory.Metadata;

/// <summary>
/// A client with the texts that are shown this once: its secret, if it has one, and the token for changes.
/// </summary>
public sealed record MintedRegistration(Client Client, string? Secret, string Token)
{
    public override string ToString() => $"client {Client.Id}";
}

/// <summary>
/// Clients that register themselves (RFC 7591) and change that by a token of their own (RFC 7592). They are clients
/// like any other; one that never gets a token is deleted after a day.
/// </summary>
public sealed class Registrations(
    IClientStore store,
    Clients clients,
    ApplicationRules rules,
    RequestLimits limits,
    MasterKeyRing keys,
    RandomSource random
)
{
    /// <summary>How many may wait for their first token.</summary>
    public const int MostWaiting = 10_000;

    private const string Kind = "registration access token";
    private const int IdSize = 12;

    private static readonly TimeSpan UntilSomeAreDeleted = TimeSpan.FromMinutes(10);
    private static readonly byte[] NoToken = new byte[32];

    public async Task<Outcome<MintedRegistration>> RegisterAsync(
        ClientMetadata metadata,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(caller);
        if (limits.TakeRegistration(NetworkPrefix.Of(caller.Network)) is { } tooMany)
        {
            return tooMany;
        }

        if (await store.CountWaitingAsync(cancellationToken) >= MostWaiting)
        {
            return Refusals.Unavailable(UntilSomeAreDeleted);
        }

        var token = RegistrationTokenText.Mint(random);
        var blank = new Client
        {
            Id = $"reg-{Convert.ToHexStringLower(random.Bytes(IdSize))}",
            Name = "",
            Source = ClientSource.Registration,
            RegistrationToken = keys.Hash(CredentialPurpose.RegistrationToken, token),
            CreatedAt = default,
        };
        var client = metadata.On(blank, rules.Offered, nameless: blank.Id);
        var minted = await clients.CreateAsync(client, givenSecret: null, caller, cancellationToken);
        return minted is null
            ? Refusals.Unavailable(UntilSomeAreDeleted)
            : new MintedRegistration(minted.Client, minted.Secret, token);
    }

    /// <summary>The client whose token this is; a wrong token and an unknown client are answered alike.</summary>
    public async Task<Outcome<Client>> FindAsync(
        string? id,
        string token,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        var network = NetworkPrefix.Of(caller.Network);
        if (limits.CheckNetwork(Kind, network) is { } tooMany)
        {
            return tooMany;
        }

        var client =
            id is { Length: >= 1 and <= ClientDirectory.LongestId } && id.All(c => c is > ' ' and <= '~')
                ? await store.FindAsync(id, cancellationToken)
                : null;
        var matches = keys.Matches(CredentialPurpose.RegistrationToken, token, client?.RegistrationToken ?? NoToken);
        if (matches && client is { Stands: true, RegistrationToken: not null })
        {
            return client;
        }

        limits.Failed(Kind, network);
        return new Refusal(
            RefusalCode.InvalidClient,
            "The registration access token is not valid.",
            "Send the one of this client after Bearer."
        );
    }

    /// <summary>Whether this is one of the client's secrets.</summary>
    public bool Knows(Client client, string secret)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Secrets.Any(known => keys.Matches(CredentialPurpose.ClientSecret, secret, known.Hash));
    }

    /// <summary>The client with these metadata in the place of what it had; null if it is gone by now.</summary>
    public Task<Client?> ReplaceAsync(
        Client client,
        ClientMetadata metadata,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(metadata);
        return clients.ChangeAsync(
            client.Id,
            stored => stored.Stands ? metadata.On(stored, rules.Offered, nameless: stored.Id) : null,
            "by its registration",
            caller,
            cancellationToken
        );
    }

    /// <summary>Deletes it with its sessions, codes and consents.</summary>
    public Task DeleteAsync(Client client, Caller caller, CancellationToken cancellationToken) =>
        clients.DeleteAsync(client, "by its registration", caller, cancellationToken);
}
