using Turnstone.Credentials;
using Turnstone.Model;
using Turnstone.Storage;
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
    private const int Attempts = 20;

    /// <summary>
    /// Creates the client as described, with a secret if it is to have one: a new one, or the one given (which is only
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
        if (!description.HasSecrets && givenSecret is not null)
        {
            throw new ArgumentException("This client has no secret.", nameof(givenSecret));
        }

        if (await store.FindAsync(description.Id, cancellationToken) is not null)
        {
            return null;
        }

        var minted = !description.HasSecrets || givenSecret is not null ? null : ClientSecretText.Mint(random);
        var secret = minted ?? givenSecret;
        var client = description with
        {
            Secrets = secret is null ? [] : [Stored(secret)],
            CreatedAt = time.GetUtcNow(),
        };
        var receipt = await store.SaveAsync(client, Entry(AuditEvent.ClientCreated, client, caller), cancellationToken);
        return receipt.IsCommitted ? new MintedClient(Saved(client), minted) : null;
    }

    /// <summary>Adds a second secret; null for a client that is unknown, has none, or has two.</summary>
    public async Task<MintedClient?> AddSecretAsync(string clientId, Caller caller, CancellationToken cancellationToken)
    {
        var text = ClientSecretText.Mint(random);
        var added = Stored(text);
        var changed = await ChangeAsync(
            clientId,
            client =>
                client is { HasSecrets: true, Secrets.Count: < MostSecrets }
                    ? client with
                    {
                        Secrets = [.. client.Secrets, added],
                    }
                    : null,
            "secret added",
            caller,
            cancellationToken
        );
        return changed is null ? null : new MintedClient(changed, text);
    }

    /// <summary>
    /// Removes one of two secrets, known by its hash; null when there is no such secret, or it is the last.
    /// </summary>
    public Task<Client?> RemoveSecretAsync(
        string clientId,
        byte[] secretHash,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            clientId,
            client =>
                client.Secrets.Where(secret => !secret.Hash.AsSpan().SequenceEqual(secretHash)).ToList()
                    is { Count: 1 } left
                && client.Secrets.Count == MostSecrets
                    ? client with
                    {
                        Secrets = left,
                    }
                    : null,
            "secret removed",
            caller,
            cancellationToken
        );

    /// <summary>
    /// Changes a client as it is stored: two who change different things of it do not undo each other. Null when there
    /// is none, or <paramref name="change"/> answers null.
    /// </summary>
    public async Task<Client?> ChangeAsync(
        string clientId,
        Func<Client, Client?> change,
        string detail,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (
                await store.FindAsync(clientId, cancellationToken) is not { } client
                || change(client) is not { } changed
            )
            {
                return null;
            }

            var entry = Entry(AuditEvent.ClientChanged, client, caller, detail);
            if ((await store.SaveAsync(changed, entry, cancellationToken)).IsCommitted)
            {
                return Saved(changed);
            }
        }

        throw new StoreUnavailableException("The client is being changed by others; nothing was changed.");
    }

    /// <summary>Deletes the client, and everything that it was let do.</summary>
    public async Task DeleteAsync(Client client, string detail, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var entry = Entry(AuditEvent.ClientChanged, client, caller, $"deleted {detail}");
        await store.DeleteAsync(client.Id, entry, cancellationToken);
    }

    private static Client Saved(Client client) => client with { Revision = client.Revision + 1 };

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
