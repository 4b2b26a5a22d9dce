using Turnstone.Foreign;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Directory.Trust;

/// <summary>
/// Whom an owner lets be his application without a secret. Another account's application is answered like one that does
/// not exist: null.
/// </summary>
public sealed class OwnTrust(
    OwnApplications applications,
    ITrustStore store,
    IssuerKeys issuers,
    TrustSettings settings,
    IssuerAndAudience issuer,
    RandomSource random,
    TimeProvider time
)
{
    /// <summary>The application, if it is one that may be trusted for: no browser's, and not ended.</summary>
    public async Task<Client?> FindAsync(Guid ownerId, string? clientId, CancellationToken cancellationToken) =>
        await applications.FindAsync(ownerId, clientId, cancellationToken) is { MayTrust: true, Stands: true } client
            ? client
            : null;

    public Task<IReadOnlyList<TrustRule>> ListAsync(Client client, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        return store.ListAsync(client.Id, cancellationToken);
    }

    /// <summary>A rule for an application of his, to be checked and added.</summary>
    public TrustRule Draft(Client client, string issuerName, string audience, IEnumerable<ClaimCondition> conditions)
    {
        ArgumentNullException.ThrowIfNull(client);
        var now = time.GetUtcNow();
        return new()
        {
            Id = random.NewId(now),
            ClientId = client.Id,
            Issuer = issuerName,
            Audience = audience,
            Conditions = [.. conditions],
            CreatedAt = now,
        };
    }

    public IEnumerable<TrustFlaw> FlawsOf(TrustRule rule) =>
        TrustCheck.FlawsOf(rule, issuer.Issuer, settings.HttpTaken);

    /// <summary>Why the keys of its issuer cannot be had; null if they can be, or come with it.</summary>
    public async ValueTask<FetchFault?> FindKeysAsync(
        Client client,
        TrustRule rule,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(rule);
        return rule.Keys is null
            ? (await issuers.OfAsync(rule.Issuer, kid: null, PayerOf(client), cancellationToken)).Fault
            : null;
    }

    /// <summary>Whose share is taken by what is fetched for a client.</summary>
    internal static FetchPayer PayerOf(Client client) =>
        FetchPayer.Registered(client.OwnerId?.ToString() ?? client.Id);

    /// <summary>Adds a rule without flaws; false where there are as many as there may be.</summary>
    public async Task<bool> AddAsync(
        Client client,
        TrustRule rule,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (
            await store.AddAsync(rule, Entry(client, caller, $"trust added: {rule.Issuer}"), cancellationToken)
        ).IsCommitted;

    public async Task<bool> RemoveAsync(Client client, Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var rule = (await store.ListAsync(client.Id, cancellationToken)).FirstOrDefault(one => one.Id == id);
        var entry = Entry(client, caller, $"trust removed: {rule?.Issuer}");
        return rule is not null && (await store.RemoveAsync(client.Id, id, entry, cancellationToken)).IsCommitted;
    }

    private AuditEntry Entry(Client client, Caller caller, string detail) =>
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

/// <param name="HttpTaken">Whether issuers may be http, as in Development.</param>
public sealed record TrustSettings(bool HttpTaken);
