using System.Security.Cryptography;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Directory;

/// <summary>What became of a draft: the application as it is now, or what is wrong.</summary>
public sealed record ApplicationResult(MintedClient? Made, IReadOnlyList<ApplicationProblem> Problems);

/// <summary>
/// The OAuth clients that customers make for themselves. A client of another account, or of none, is answered like one
/// that does not exist: null. One that has ended is the owner's to see, and not his to bring back.
/// </summary>
public sealed class OwnApplications(
    IClientStore store,
    Clients clients,
    ApplicationRules rules,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>How many live ones an account may have.</summary>
    public const int Most = 50;

    private const int IdSize = 12;
    private const int SecretIdSize = 8;

    public ApplicationRules Rules => rules;

    /// <summary>The name of a secret in a form: it proves nothing and gives nothing of the secret away.</summary>
    public static string IdOf(ClientSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Convert.ToHexStringLower(SHA256.HashData(secret.Hash).AsSpan(0, SecretIdSize));
    }

    /// <summary>The account's applications, the live ones first, then the newest.</summary>
    public async Task<IReadOnlyList<Client>> ListAsync(Guid ownerId, CancellationToken cancellationToken) =>
        [
            .. (await store.ListAsync(ownerId, cancellationToken))
                .OrderBy(client => client.DisabledAt is null ? 0 : 1)
                .ThenByDescending(client => client.CreatedAt),
        ];

    public async Task<Client?> FindAsync(Guid ownerId, string? id, CancellationToken cancellationToken) =>
        id is { Length: >= 1 and <= ClientDirectory.LongestId }
        && id.All(c => c is >= ' ' and <= '~')
        && await store.FindAsync(id, cancellationToken) is { } client
        && client.OwnerId == ownerId
            ? client
            : null;

    public async Task<ApplicationResult> CreateAsync(
        Guid ownerId,
        bool isPublic,
        ApplicationDraft draft,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var blank = new Client
        {
            Id = $"app-{Convert.ToHexStringLower(random.Bytes(IdSize))}",
            Name = "",
            OwnerId = ownerId,
            Public = isPublic,
            CreatedAt = time.GetUtcNow(),
        };
        var problems = rules.ProblemsOf(draft, blank).ToList();
        if ((await store.ListAsync(ownerId, cancellationToken)).Count(client => client.DisabledAt is null) >= Most)
        {
            problems.Add(new(ApplicationPart.Application, ApplicationFlaw.TooMany));
        }

        return problems.Count > 0
            ? new(null, problems)
            : new(await clients.CreateAsync(draft.On(blank), null, caller, cancellationToken), []);
    }

    /// <summary>
    /// Changes it, if it is as it was when its owner last saw it; null when there is no such live application.
    /// </summary>
    public async Task<ApplicationResult?> ChangeAsync(
        Guid ownerId,
        string? id,
        long revision,
        ApplicationDraft draft,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await FindLiveAsync(ownerId, id, cancellationToken) is not { } client)
        {
            return null;
        }

        var problems =
            client.Revision != revision
                ? [new(ApplicationPart.Application, ApplicationFlaw.Stale)]
                : rules.ProblemsOf(draft, client).ToList();
        if (problems.Count > 0)
        {
            return new(null, problems);
        }

        var changed = draft.On(client);
        var details = ClientDifference.Between(client, changed).ToList();
        if (details.Count > 0)
        {
            var entry = Changed(client, caller, string.Join(", ", details));
            if (!(await store.SaveAsync(changed, entry, cancellationToken)).IsCommitted)
            {
                return new(null, [new(ApplicationPart.Application, ApplicationFlaw.Stale)]);
            }
        }

        return new(new MintedClient(changed, null), []);
    }

    /// <summary>A second secret; null for an application that is not there, has ended, is public or has two.</summary>
    public async Task<MintedClient?> AddSecretAsync(
        Guid ownerId,
        string? id,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await FindLiveAsync(ownerId, id, cancellationToken) is { } client
            ? await clients.AddSecretAsync(client.Id, caller, cancellationToken)
            : null;

    /// <summary>Removes one of two secrets; null when there is no such secret, or it is the last.</summary>
    public async Task<Client?> RemoveSecretAsync(
        Guid ownerId,
        string? id,
        string? secretId,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await FindLiveAsync(ownerId, id, cancellationToken) is { } client
        && client.Secrets.FirstOrDefault(secret => IdOf(secret) == secretId) is { } secret
            ? await clients.RemoveSecretAsync(client.Id, secret.Hash, caller, cancellationToken)
            : null;

    /// <summary>
    /// Lets it prove itself by these keys, or by those that it publishes at an address, and by its secrets no longer;
    /// null for an application that is not there, has ended, or is public.
    /// </summary>
    public async Task<Client?> SetKeysAsync(
        Guid ownerId,
        string? id,
        VerificationKeys? keys,
        string? keysUri,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        await FindLiveAsync(ownerId, id, cancellationToken) is { } client
            ? await clients.ChangeAsync(
                client.Id,
                live =>
                    live.Public
                        ? null
                        : live with
                        {
                            Method = ClientMethod.PrivateKeyJwt,
                            Keys = keys,
                            KeysUri = keysUri,
                            Secrets = [],
                        },
                "keys registered",
                caller,
                cancellationToken
            )
            : null;

    /// <summary>
    /// Ends it with every session it has, whose access tokens this node refuses when it returns; null when there is no
    /// such live application.
    /// </summary>
    public async Task<Client?> EndAsync(Guid ownerId, string? id, Caller caller, CancellationToken cancellationToken) =>
        await FindLiveAsync(ownerId, id, cancellationToken) is { } client
            ? await clients.ChangeAsync(
                client.Id,
                live => live.DisabledAt is null ? live with { DisabledAt = time.GetUtcNow() } : null,
                "ended",
                caller,
                cancellationToken
            )
            : null;

    private async Task<Client?> FindLiveAsync(Guid ownerId, string? id, CancellationToken cancellationToken) =>
        await FindAsync(ownerId, id, cancellationToken) is { DisabledAt: null } client ? client : null;

    private AuditEntry Changed(Client client, Caller caller, string detail) =>
        new()
        {
            Event = AuditEvent.ClientChanged,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = client.OwnerId,
            ClientId = client.Id,
            Detail = detail,
        };
}
