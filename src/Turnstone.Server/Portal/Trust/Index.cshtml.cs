using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Portal.Shell;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Trust;

/// <summary>Who may be one application without a secret, and what was last seen of them.</summary>
public sealed class TrustPage(
    OwnTrust trust,
    ContractList contracts,
    IssuerAndAudience issuer,
    IStringLocalizer<TrustWords> words
) : PortalPage
{
    [FromRoute]
    public string? ClientId { get; set; }

    /// <summary>The world that a new rule is of.</summary>
    [BindProperty(SupportsGet = true)]
    public string? World { get; set; }

    [BindProperty]
    public string? Audience { get; set; }

    [BindProperty]
    public string? Jwks { get; set; }

    public Client Client { get; private set; } = null!;

    public IReadOnlyList<TrustRule> Rules { get; private set; } = [];

    public TrustForm? Form => TrustForm.Find(World);

    public string DefaultAudience => issuer.Issuer;

    public string TokenUrl =>
        issuer.Issuer.TrimEnd('/') + contracts.All.Select(contract => contract.GrantsPath).OfType<string>().First();

    public string Path(string? query = null) =>
        $"/portal/applications/{Uri.EscapeDataString(Client.Id)}/trust{(query is null ? "" : $"?{query}")}";

    /// <summary>What was typed into a field of the world.</summary>
    public string Typed(string field) =>
        Request.HasFormContentType ? Request.Form[$"Field.{field}"].ToString().Trim() : "";

    public async Task<IActionResult> OnGetAsync() => await FindAsync() ? await ShownAsync() : NotFound();

    public async Task<IActionResult> OnPostAddAsync()
    {
        if (!await FindAsync() || Form is not { } form)
        {
            return NotFound();
        }

        var rule = trust.Draft(Client, form.IssuerOf(Typed), Audience?.Trim() ?? "", form.ConditionsOf(Typed));
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

        foreach (var flaw in trust.FlawsOf(rule))
        {
            Refuse("", words[$"Flaw_{flaw.Fault}", flaw.Text]);
        }

        if (!ModelState.IsValid || !MayCreate(""))
        {
            return await ShownAsync();
        }

        if (!await trust.AddAsync(Client, rule, Caller, Cancel))
        {
            Refuse("", words["TooMany", TrustRule.Most]);
            return await ShownAsync();
        }

        SetNotice(words["Added"]);
        return Redirect(Path());
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id)
    {
        if (!await FindAsync() || !await trust.RemoveAsync(Client, id, Caller, Cancel))
        {
            return NotFound();
        }

        SetNotice(words["Removed"]);
        return Redirect(Path());
    }

    /// <summary>What the last refused assertion lacked, in the reader's words.</summary>
    public string LackedBy(TrustRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var lack = TrustLack.Parse(rule.Refused!.Value.Lacked);
        var (name, value) = (
            lack.Text.Split('=')[0],
            lack.Text[Math.Min(lack.Text.Length, lack.Text.IndexOf('=') + 1)..]
        );
        var wanted = rule.Conditions.FirstOrDefault(condition => condition.Name == name)?.Value;
        return lack.Word switch
        {
            TrustLack.Claim => words[value.Length == 0 ? "Lack_claimless" : "Lack_claim", name, value, wanted ?? ""],
            TrustLack.Audience => words["Lack_audience", lack.Text, rule.Audience],
            _ => words[$"Lack_{lack.Word}"],
        };
    }

    private async Task<bool> FindAsync()
    {
        var found = await trust.FindAsync(Me.Id, ClientId, Cancel);
        Client = found!;
        return found is not null;
    }

    private async Task<IActionResult> ShownAsync()
    {
        Rules = await trust.ListAsync(Client, Cancel);
        return Page();
    }
}
