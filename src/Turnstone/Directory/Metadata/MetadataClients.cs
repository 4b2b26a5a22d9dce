using Turnstone.Foreign;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Directory.Metadata;

/// <summary>What a client's document makes of it; a client, or a sentence that says why there is none.</summary>
public sealed record MetadataReading(Client? Client, string? Problem)
{
    public static MetadataReading None { get; } = new(null, null);
}

/// <summary>
/// Clients whose id is the address of a document that describes them. They are known to nobody until a person lets one
/// in: only then is it stored, and from then on a client like any other, which its document keeps describing.
/// </summary>
public sealed class MetadataClients(
    IForeignDocuments documents,
    IClientStore store,
    Clients clients,
    MetadataPolicy policy,
    ApplicationRules rules,
    RequestLimits limits,
    TimeProvider time
)
{
    /// <summary>
    /// The client as its document describes it now. One that was disabled here is that, whatever its document says, and
    /// no other of its host is let in anew.
    /// </summary>
    public async ValueTask<MetadataReading> ReadAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (!ClientIdUrl.TryRead(id, policy.Unencrypted, out var url) || !policy.Takes(url))
        {
            return MetadataReading.None;
        }

        var known = await store.FindAsync(id, cancellationToken);
        if (known is { Stands: false })
        {
            return new(known, null);
        }

        if (known is null && await IsBlockedAsync(url, cancellationToken))
        {
            return MetadataReading.None;
        }

        var payer = known is null
            ? FetchPayer.Stranger(NetworkPrefix.Of(caller.Network))
            : FetchPayer.Registered(url.IdnHost);
        var fetched = await documents.GetAsync<ClientMetadata>(
            id,
            payer,
            (byte[] json, out string? problem) => MetadataDocument.Read(id, json, out problem),
            cancellationToken
        );
        return fetched.Got(out var metadata, out var sentence)
            ? new(metadata.On(known ?? Unknown(id), rules.Offered, nameless: url.IdnHost), null)
            : new(null, sentence);
    }

    /// <summary>
    /// Stores the client as it was read, because an account lets it in; any other client is what it was. Refused if it
    /// has been disabled meanwhile, or if this account has made too much.
    /// </summary>
    public async Task<Outcome<Client>> KeepAsync(
        Client client,
        Guid accountId,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.Source is not ClientSource.MetadataDocument)
        {
            return client;
        }

        var known = await store.FindAsync(client.Id, cancellationToken);
        if (known is { Stands: true } && !ClientDifference.Between(known, WithMetadata(known, client)).Any())
        {
            return known;
        }

        if (known is null)
        {
            if (limits.TakeCreation(accountId) is { } tooMany)
            {
                return tooMany;
            }

            if (await clients.CreateAsync(client, givenSecret: null, caller, cancellationToken) is { } made)
            {
                return made.Client;
            }
        }

        return
            await clients.ChangeAsync(
                client.Id,
                stored => stored.Stands ? WithMetadata(stored, client) : null,
                "by its metadata document",
                caller,
                cancellationToken
            )
                is { } changed
            ? changed
            : Refusals.UnauthorizedClient;
    }

    public static Refusal Unusable(string problem) =>
        new(
            RefusalCode.InvalidClient,
            $"The client's metadata document cannot be used: {problem}",
            "Mend it, and ask again in half a minute."
        );

    // Whoever has a document has as many addresses for it as he likes: one that was disabled comes back under none of
    // its host.
    private async Task<bool> IsBlockedAsync(Uri url, CancellationToken cancellationToken) =>
        (await store.DisabledDescribedAsync(cancellationToken)).Any(id =>
            Uri.TryCreate(id, UriKind.Absolute, out var blocked) && HostOf(blocked) == HostOf(url)
        );

    private static string HostOf(Uri url) => url.IdnHost.TrimEnd('.').ToUpperInvariant();

    private Client Unknown(string id) =>
        new()
        {
            Id = id,
            Name = "",
            Source = ClientSource.MetadataDocument,
            CreatedAt = time.GetUtcNow(),
        };

    private static Client WithMetadata(Client stored, Client read) =>
        stored with
        {
            Name = read.Name,
            Public = read.Public,
            Method = read.Method,
            Keys = read.Keys,
            KeysUri = read.KeysUri,
            RedirectUris = read.RedirectUris,
            PostLogoutRedirectUris = read.PostLogoutRedirectUris,
            Pairwise = read.Pairwise,
            GrantTypes = read.GrantTypes,
            Scopes = read.Scopes,
        };
}
