namespace Turnstone.Server.Contracts.Common;

/// <summary>An answer that knows whether it refuses an invalid request, which is counted for its network.</summary>
public interface ICountedAnswer : IResult
{
    /// <summary>Whether the request was refused because of its path, its method or its form.</summary>
    bool Invalid { get; }
}
