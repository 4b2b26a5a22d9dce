using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Server.Portal.ApiKeys;

namespace Turnstone.Server.Portal.Letters;

/// <summary>Warns of a freeze. A key's name appears in the text only, not in the subject.</summary>
public sealed class FreezeLetter(AccountLetters letters, IStringLocalizer<LetterWords> words)
{
    public Task SendAsync(Account account, IReadOnlyCollection<ApiKey> keys) =>
        letters.SendAsync(account, LetterForm.KeyFreezes, () => Write(keys));

    private LetterDraft Write(IEnumerable<ApiKey> keys)
    {
        var link = letters.Link(ApiKeyView.Root);
        var lines = string.Join(
            '\n',
            keys.Select(key => $"- {words["FreezeKey", key.Name, AccountLetters.Time(key.FreezesAt)]}")
        );
        return new(
            words["FreezeSubject"],
            [words["FreezeWhat"], lines, $"{words["FreezeDo"]}\n{link}"],
            ("keys", lines),
            (LetterForm.Link, link)
        );
    }
}
