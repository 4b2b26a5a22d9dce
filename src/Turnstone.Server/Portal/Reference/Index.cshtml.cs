using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Reference;

namespace Turnstone.Server.Portal.Reference;

/// <summary>
/// The reference of one contract, or of an API of the operator's. Public; signed-in readers can get a token for it.
/// </summary>
[AllowAnonymous]
public sealed class ReferencePage(
    ReferenceDocuments documents,
    ContractList contracts,
    IAntiforgery antiforgery,
    ContentPolicy policy
) : PortalPage
{
    public ReferenceDocument Shown { get; private set; } = documents.All[0];

    public IReadOnlyList<ReferenceDocument> Documents => documents.All;

    /// <summary>Whether a contract is served that the reader's token can be of.</summary>
    public bool OffersToken => contracts.ForUnboundCodes is not null;

    public bool SignedIn => PortalSession.AccountOf(HttpContext) is not null;

    /// <summary>The antiforgery token that the script sends.</summary>
    public string? FormToken => SignedIn ? antiforgery.GetAndStoreTokens(HttpContext).RequestToken : null;

    /// <summary>Where the script refreshes the reader's token.</summary>
    public string? RefreshPath => contracts.ForUnboundCodes?.Refresh.Path;

    /// <summary>The path of the contract that the document is of, if it is deprecated.</summary>
    public string? DeprecatedPath(ReferenceDocument document) =>
        contracts.All.FirstOrDefault(one => one.Deprecated && one.Title == document?.Title)?.Prefix;

    /// <param name="document">The document to show.</param>
    /// <param name="title">The document's title, as in links from elsewhere.</param>
    public void OnGet(string? document, [FromQuery(Name = "urls.primaryName")] string? title)
    {
        Shown = documents.Find(document ?? title);
        foreach (var origin in Shown.Origins)
        {
            policy.AllowCallsTo(origin);
        }
    }
}
