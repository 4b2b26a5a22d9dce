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
        return caller.Network == Caller.Operator.Network ? words["Operator"] : caller.Network;
    }
}
