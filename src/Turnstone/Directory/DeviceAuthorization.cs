using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>What a person has said to a device.</summary>
public enum DeviceAnswer
{
    Allowed,
    Denied,
}

/// <summary>
/// A device that waits for a person (RFC 8628), as it is stored. When the person allows it, a <see
/// cref="OneTimeCode"/> of the same hash is written: that is what the device exchanges, once.
/// </summary>
public sealed record DeviceAuthorization
{
    /// <summary>The keyed hash of the device code.</summary>
    public required byte[] Hash { get; init; }

    public required byte[] UserCodeHash { get; init; }

    public required string ClientId { get; init; }

    /// <summary>The family of contracts that it was asked in.</summary>
    public required string Contract { get; init; }

    public Scopes Scopes { get; init; } = Scopes.None;

    public Resources Resources { get; init; } = Resources.None;

    /// <summary>From where the code was asked: the person is shown it.</summary>
    public required Caller AskedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DeviceAnswer? Answer { get; init; }

    /// <summary>Whether somebody may still answer.</summary>
    public bool IsOpen(DateTimeOffset now) => Answer is null && now < ExpiresAt;
}

public interface IDeviceAuthorizationStore
{
    /// <summary>
    /// Adds one that waits; too many, when <paramref name="most"/> wait already; a conflict, when its user code is
    /// another's.
    /// </summary>
    /// <param name="authorization">The new one.</param>
    /// <param name="interval">How long the device waits between two questions.</param>
    /// <param name="most">How many may wait at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Receipt> AddAsync(
        DeviceAuthorization authorization,
        TimeSpan interval,
        int most,
        CancellationToken cancellationToken
    );

    Task<DeviceAuthorization?> FindAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken);

    Task<DeviceAuthorization?> FindByUserCodeAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken);

    /// <summary>
    /// The code that the device exchanges; null unless it was allowed, and after that was taken back.
    /// </summary>
    Task<OneTimeCode?> CodeAsync(byte[] hash, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that the device has asked. False if it came too early: then its interval is longer by <paramref
    /// name="more"/> from now on.
    /// </summary>
    Task<bool> PollAsync(byte[] hash, DateTimeOffset now, TimeSpan more, CancellationToken cancellationToken);

    /// <summary>
    /// Writes that the person allows it, and the code. Withdrawn if the consent was taken back, a conflict if somebody
    /// has answered before or it is too late.
    /// </summary>
    Task<Receipt> AllowAsync(OneTimeCode code, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Writes that the person refuses it; a conflict as for an allowed one.</summary>
    Task<Receipt> DenyAsync(byte[] hash, AuditEntry entry, CancellationToken cancellationToken);

    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
