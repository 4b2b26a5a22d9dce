using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>An API that tokens are for. Values that are null are the contract's and the client's.</summary>
public sealed record Api
{
    /// <summary>Short and for ever: pages, the provisioning file and the metadata know it by this.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The resource identifier (RFC 8707 §2), an absolute URI: its tokens' <c>aud</c>. It never changes.
    /// </summary>
    public required string Identifier { get; init; }

    public required string Name { get; init; }

    /// <summary>No scope is of two APIs. One without scopes is for clients that are registered for it.</summary>
    public IReadOnlyList<ApiScope> Scopes
    {
        get;
        init => (field, ScopeNames) = (value, NamesOf(value));
    } = [];

    public Scopes ScopeNames { get; private init; } = Turnstone.Model.Scopes.None;

    /// <summary>
    /// The names that scopes of it had once and have no more. The store keeps them: another API that got one would get
    /// everybody's consent and registration with it.
    /// </summary>
    public Scopes FormerScopes { get; init; } = Turnstone.Model.Scopes.None;

    /// <summary>Whether customers may give its scopes to their applications, or one without scopes itself.</summary>
    public bool Offered { get; init; }

    /// <summary>The longest that an access token for it lives.</summary>
    public TimeSpan? AccessLifetime { get; init; }

    /// <summary>How its access tokens are signed.</summary>
    public SigningAlgorithm? Algorithm { get; init; }

    /// <summary>The client as which it asks what tokens are good for (RFC 7662); null if it may not ask.</summary>
    public string? IntrospectsAs { get; init; }

    /// <summary>How surely a person has to sign in to let a client in there; null where any way will do.</summary>
    public SignInLevel? Level { get; init; }

    /// <summary>The types of authorization details that it understands (RFC 9396).</summary>
    public IReadOnlyList<ApiDetailType> DetailTypes { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the saves: one that was made on an older one is refused. Zero for one not saved yet.</summary>
    public long Revision { get; init; }

    // One that is only typed may have names that are none.
    private static Scopes NamesOf(IEnumerable<ApiScope> scopes) =>
        Turnstone.Model.Scopes.Of(
            scopes.Select(scope => scope.Name).Where(name => Turnstone.Model.Scopes.TryRead(name, out _))
        );
}

/// <summary>A scope of an API.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meanings">What it allows, a sentence by language; none where only its name is known.</param>
public sealed record ApiScope(string Name, IReadOnlyDictionary<string, string> Meanings);

public interface IApiStore
{
    Task<Api?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>All of them, by their ids.</summary>
    Task<IReadOnlyList<Api>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces. Conflict: another has the identifier or has, or had, one of the scopes, or this one was
    /// saved since it was read.
    /// </summary>
    Task<Receipt> SaveAsync(Api api, AuditEntry entry, CancellationToken cancellationToken);
}
