namespace Turnstone.Storage;

/// <summary>
/// Asked before anything is destroyed because its time has come. A clock that is far ahead would end everything at
/// once, and nothing could be put back.
/// </summary>
public interface IStoreClock
{
    /// <summary>
    /// Whether this node's clock may be believed. To be asked once before anything is recorded, and again and again.
    /// </summary>
    Task<bool> IsRightAsync(CancellationToken cancellationToken);
}
