using Microsoft.Extensions.Localization;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Letters;

/// <summary>Facts that a letter could have, for whoever looks at its text before it is sent.</summary>
public sealed class LetterSamples(
    IStringLocalizer<LetterWords> words,
    IStringLocalizer<SignInWords> signIn,
    TurnstoneSettings settings,
    TimeProvider time
)
{
    private const string Account = "ada@example.com";
    private const string Product = "premium";
    private const string Key = "nightly job";

    /// <summary>In the current language; the portal's own words are not in it.</summary>
    public LetterDraft Of(LetterForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new("", [], [.. form.Facts.Select(place => (place, Fact(form, place)))]);
    }

    private string Fact(LetterForm form, string place) =>
        place switch
        {
            LetterForm.What => What(form),
            LetterForm.When => AccountLetters.Time(time.GetUtcNow()),
            LetterForm.Network => "192.0.2.1",
            "opened" => "198.51.100.7",
            "account" => Account,
            "browser" => words["BrowserUnknown"],
            "keys" => $"- {words["FreezeKey", Key, AccountLetters.Time(time.GetUtcNow())]}",
            "product" => Product,
            "products" => $"- {Product}: 1",
            "message" => words["SampleMessage"],
            _ => settings.Issuer + PortalRoutes.Root,
        };

    private string What(LetterForm form) =>
        form == LetterForm.Changed ? signIn["EmailWasChanged", Account]
        : form == LetterForm.NewKey ? words["KeyMade", Key]
        : form == LetterForm.SuspectedCopy ? words["CopyDo"]
        : form == LetterForm.Decision ? words["DecisionApproved", Product]
        : words["ApprovalOne"];
}
