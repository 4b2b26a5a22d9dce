using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory.Trust;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Trust;

/// <summary>Who may be one application without a secret, and what was last seen of them.</summary>
public sealed class TrustedPage(
    OwnTrust trust,
    ContractList contracts,
    IssuerAndAudience issuer,
    IStringLocalizer<TrustWords> words
) : TrustPage(trust)
{
    public IReadOnlyList<TrustRule> Rules { get; private set; } = [];

    public string TokenUrl =>
        issuer.Issuer.TrimEnd('/') + contracts.All.Select(contract => contract.GrantsPath).OfType<string>().First();

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await FindAsync())
        {
            return NotFound();
        }

        Rules = await Trust.ListAsync(Client, Cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id)
    {
        if (!await FindAsync() || !await Trust.RemoveAsync(Client, id, Caller, Cancel))
        {
            return NotFound();
        }

        SetNotice(words["Removed"]);
        return Redirect(Path());
    }

    /// <summary>Whether the last assertion that came was refused.</summary>
    public static bool IsRefused(TrustRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.Refused is { } refused && !(rule.Used?.At > refused.At);
    }

    /// <summary>What the last refused assertion lacked, in the reader's words.</summary>
    public string LackedBy(TrustRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var lack = TrustLack.Parse(rule.Refused!.Value.Lacked);
        var (name, value) = lack.Claimed;
        var wanted = rule.Conditions.FirstOrDefault(condition => condition.Name == name)?.Value;
        return lack.Word switch
        {
            TrustLack.Claim => words[value.Length == 0 ? "Lack_claimless" : "Lack_claim", name, value, wanted ?? ""],
            TrustLack.Audience => words["Lack_audience", lack.Text, rule.Audience],
            TrustLack.Keys => words[$"Lack_keys_{lack.Text}"],
            _ => words[$"Lack_{lack.Word}"],
        };
    }
}
