using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// Whose share of the password lane a hash takes: that of the caller's network, and in it that of the account.
/// </summary>
public sealed class LaneShare
{
    private LaneShare(IReadOnlyList<string> path) => Path = path;

    /// <summary>The largest share first.</summary>
    public IReadOnlyList<string> Path { get; }

    /// <param name="caller">Who asks.</param>
    /// <param name="account">The account's email, of an account or not.</param>
    public static LaneShare Of(Caller caller, string account)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new([.. NetworkPrefix.Nested(caller.Network), account]);
    }
}
