using Microsoft.Extensions.Localization;
using Turnstone.Model;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Where something came from, in words where it came from no network.</summary>
public static class NetworkWords
{
    public static string Network(this IStringLocalizer<ShellWords> words, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(caller);
        var network = caller.Network;
        return network == Caller.Operator.Network ? words["Operator"]
            : network == Caller.Calendar.Network ? words["Calendar"]
            : network == Caller.Various.Network ? words["SeveralNetworks"]
            : network == Caller.Erased.Network ? words["ErasedNetwork"]
            : network;
    }
}
