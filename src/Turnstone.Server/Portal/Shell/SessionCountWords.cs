using Microsoft.Extensions.Localization;
using Turnstone.Storage;

namespace Turnstone.Server.Portal.Shell;

internal static class SessionCountWords
{
    /// <summary>The sentence for one session, for many, or for so many or more.</summary>
    public static string Counted(this IStringLocalizer words, string key, SessionCount count) =>
        count switch
        {
            { OrMore: true } => words[$"{key}OrMore", count.Number],
            { Number: 1 } => words[$"{key}One"],
            _ => words[$"{key}Many", count.Number],
        };
}
