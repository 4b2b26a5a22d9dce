using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Trust;

/// <summary>One more who may be the application: a form in the words of the place where his program runs.</summary>
public sealed class NewTrustPage(
    OwnTrust trust,
    PasswordProof passwords,
    IssuerAndAudience issuer,
    IStringLocalizer<TrustWords> words
) : TrustPage(trust)
{
    [FromRoute]
    public string? World { get; set; }

    [BindProperty]
    public string? Audience { get; set; }

    [BindProperty]
    public string? Jwks { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public TrustForm Form { get; private set; } = null!;

    /// <summary>Whether its tokens can only be for what is registered there.</summary>
    public bool NamesApp => Form.World == TrustWorld.Azure;

    /// <summary>What was typed into a field of the world.</summary>
    public string Typed(string field) =>
        Request.HasFormContentType ? Request.Form[$"Field.{field}"].ToString().Trim() : "";

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? ErrorOf(string field) =>
        ModelState.TryGetValue($"Field.{field}", out var state) && state.Errors.Count > 0
            ? state.Errors[0].ErrorMessage
            : null;

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await IsThereAsync())
        {
            return NotFound();
        }

        Audience = NamesApp ? null : issuer.Issuer;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await IsThereAsync())
        {
            return NotFound();
        }

        var rule = Read();
        if (!ModelState.IsValid || !await HasKeysAsync(rule) || !await IsProvenAsync() || !MayCreate(""))
        {
            return Page();
        }

        if (!await Trust.AddAsync(Client, rule, Caller, Cancel))
        {
            Refuse("", words["TooMany", TrustRule.Most]);
            return Page();
        }

        SetNotice(words["Added"]);
        return Redirect(Path());
    }

    private async Task<bool> IsThereAsync()
    {
        var form = TrustForm.Find(World);
        Form = form!;
        return form is not null && await FindAsync();
    }

    private TrustRule Read()
    {
        var rule = Trust.Draft(Client, Form.IssuerOf(Typed), Audience?.Trim() ?? "", Form.ConditionsOf(Typed));
        if (!string.IsNullOrWhiteSpace(Jwks))
        {
            if (VerificationKeys.TryRead(Jwks, out var keys, out _))
            {
                rule = rule with { Keys = keys };
            }
            else
            {
                Refuse(nameof(Jwks), words["KeysWrong", VerificationKeys.MostKeys]);
            }
        }

        foreach (var flaw in Trust.FlawsOf(rule))
        {
            Refuse(FieldOf(flaw), words[$"Flaw_{flaw.Fault}", WordsOf(flaw)]);
        }

        return rule;
    }

    // A typing error in the issuer is seen here, and not by the program that waits for its first token.
    private async Task<bool> HasKeysAsync(TrustRule rule)
    {
        if (await Trust.FindKeysAsync(Client, rule, Cancel) is not { } fault)
        {
            return true;
        }

        Refuse(Form.Asks(TrustForm.IssuerField) ? $"Field.{TrustForm.IssuerField}" : "", words[$"Lack_keys_{fault}"]);
        return false;
    }

    private async Task<bool> IsProvenAsync()
    {
        if (await passwords.OfRecentAsync(Me, Password, Cancel) is not { } refusal)
        {
            return true;
        }

        Refuse(
            nameof(Password),
            refusal.Code is RefusalCode.InvalidCredentials
                ? words["WrongPassword"]
                : words["TooManyPasswords", refusal.RetryAfterSeconds ?? 60]
        );
        return false;
    }

    private string FieldOf(TrustFlaw flaw) =>
        flaw.Fault switch
        {
            TrustFault.Audience => nameof(Audience),
            TrustFault.Issuer or TrustFault.OwnIssuer when Form.Asks(TrustForm.IssuerField) =>
                $"Field.{TrustForm.IssuerField}",
            _ => Form.FieldOf(flaw.Text.Split(' ')[0]) is { } field ? $"Field.{field}" : "",
        };

    // Claims that have to be pinned are named as their fields are.
    private string WordsOf(TrustFlaw flaw) =>
        flaw.Fault is TrustFault.NotPinned
            ? string.Join(
                $" {words["Or"]} ",
                flaw.Text.Split(" | ")
                    .Select(claim => claim.Split(' ')[0])
                    .Select(claim => Form.FieldOf(claim) is { } field ? words[$"Field_{field}"].Value : claim)
            )
            : flaw.Text;
}
