using Turnstone.Model;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>What somebody has allowed of what was asked, and for how long; null for until he ends it.</summary>
public sealed record ConsentChoice(Scopes Scopes, TimeSpan? Life)
{
    /// <summary>The field that says that there was a choice: an unchecked box sends nothing.</summary>
    public const string Offered = "choice";

    public const string Scope = "granted";
    public const string For = "for";

    /// <summary>The times that are offered, by the word in the form.</summary>
    public static IReadOnlyList<(string Word, TimeSpan? Life)> Times { get; } =
    [("", null), ("hour", TimeSpan.FromHours(1)), ("day", TimeSpan.FromDays(1))];

    /// <summary>Who signs in is told in any case, and how long it stays is said by the time.</summary>
    public static bool IsFixed(string scope) => scope is IdentityScopes.OpenId or IdentityScopes.OfflineAccess;

    /// <summary>Null for a form that was not made here.</summary>
    public static ConsentChoice? Read(IFormCollection form, Scopes asked)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(asked);
        var word = form[For].ToString();
        if (!Times.Any(time => time.Word == word))
        {
            return null;
        }

        var scopes = form.ContainsKey(Offered)
            ? Scopes.Of(asked.Names.Where(name => IsFixed(name) || form[Scope].Contains(name)))
            : asked;
        return new ConsentChoice(scopes, Times.First(time => time.Word == word).Life);
    }

    /// <summary>Whether nothing is left of what was asked.</summary>
    public bool IsEmpty(Scopes asked) => Scopes.IsEmpty && asked is { IsEmpty: false };
}
