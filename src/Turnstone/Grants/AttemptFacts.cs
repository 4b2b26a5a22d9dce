using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Grants;

/// <summary>
/// An attempt to prove something: by which grant or step, at which contract, from where, and whose it is as far as that
/// is known.
/// </summary>
public sealed record AttemptFacts(string Kind, string Contract, Caller Caller)
{
    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }

    public UsageHolder Holder => UsageHolder.Of(ClientId, ApiKeyId, AccountId);
}
