using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>A client with the text of its new secret, which is shown this once; null for a public client.</summary>
public sealed record MintedClient(Client Client, string? Secret)
{
    public override string ToString() => $"client {Client.Id}";
}

/// <summary>
/// Clients and their secrets. Two secrets may live side by side, so that one can be changed while the other works.
/// </summary>
public sealed class Clients(IClientStore store, MasterKeyRing keys, RandomSource random, TimeProvider time)
{
    public const int MostSecrets = 2;

    private const int HintLength = 8;

    /// <summary>
    /// Creates the client as described, with a secret unless it is public: a new one, or the one given (which is only
    /// hashed). Null when the id is taken.
    /// </summary>
    public async Task<MintedClient?> CreateAsync(
        Client description,
        string? givenSecret,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        if (description.Public && givenSecret is not null)
        {
            throw new ArgumentException("A public client has no secret.", nameof(givenSecret));
        }

        if (await store.FindAsync(description.Id, cancellationToken) is not null)
        {
            return null;
        }

        var minted = description.Public || givenSecret is not null ? null : ClientSecretText.Mint(random);
        var secret = minted ?? givenSecret;
        var client = description with
        {
            Secrets = secret is null ? [] : [Stored(secret)],
            CreatedAt = time.GetUtcNow(),
        };
        return new MintedClient(
            await SaveAsync(client, Entry(AuditEvent.ClientCreated, client, caller), cancellationToken),
            minted
        );
    }

    /// <summary>Adds a second secret; null for a client that is unknown, public, or has two.</summary>
    public async Task<MintedClient?> AddSecretAsync(string clientId, Caller caller, CancellationToken cancellationToken)
    {
        if (
            await store.FindAsync(clientId, cancellationToken)
            is not { Public: false, Secrets.Count: < MostSecrets } client
        )
        {
            return null;
        }

        var text = ClientSecretText.Mint(random);
        var changed = client with { Secrets = [.. client.Secrets, Stored(text)] };
        return new MintedClient(
            await SaveAsync(
                changed,
                Entry(AuditEvent.ClientChanged, client, caller, "secret added"),
                cancellationToken
            ),
            text
        );
    }

    /// <summary>
    /// Removes one of two secrets, known by its hash; null when there is no such secret, or it is the last.
    /// </summary>
    public async Task<Client?> RemoveSecretAsync(
        string clientId,
        byte[] secretHash,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await store.FindAsync(clientId, cancellationToken) is not { Secrets.Count: MostSecrets } client)
        {
            return null;
        }

        var left = client.Secrets.Where(secret => !secret.Hash.AsSpan().SequenceEqual(secretHash)).ToList();
        if (left.Count != 1)
        {
            return null;
        }

        var changed = client with { Secrets = left };
        return await SaveAsync(
            changed,
            Entry(AuditEvent.ClientChanged, client, caller, "secret removed"),
            cancellationToken
        );
    }

    private async Task<Client> SaveAsync(Client client, AuditEntry entry, CancellationToken cancellationToken)
    {
        await store.SaveAsync(client, entry, cancellationToken);
        return client with { Revision = client.Revision + 1 };
    }

    private ClientSecret Stored(string text) =>
        text.Length is >= 1 and <= ClientSecretText.Longest
            ? new(
                keys.Hash(CredentialPurpose.ClientSecret, text),
                ClientSecretText.LooksOurs(text) ? text[..HintLength] : "",
                time.GetUtcNow()
            )
            : throw new ArgumentException(
                $"A client secret has 1 to {ClientSecretText.Longest} characters.",
                nameof(text)
            );

    private AuditEntry Entry(AuditEvent what, Client client, Caller caller, string? detail = null) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = client.OwnerId,
            ClientId = client.Id,
            Detail = detail,
        };
}
