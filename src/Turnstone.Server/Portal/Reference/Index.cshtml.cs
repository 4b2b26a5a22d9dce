using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Reference;

namespace Turnstone.Server.Portal.Reference;

/// <summary>The reference of one contract. Open to everybody; whoever is signed in can have a token for it.</summary>
[AllowAnonymous]
public sealed class ReferencePage(ReferenceDocuments documents, IAntiforgery antiforgery) : PortalPage
{
    public ReferenceDocument Shown { get; private set; } = documents.All[0];

    public IReadOnlyList<ReferenceDocument> Documents => documents.All;

    public bool SignedIn => PortalSession.AccountOf(HttpContext) is not null;

    /// <summary>What the script sends along to prove that it is this page's.</summary>
    public string? FormToken => SignedIn ? antiforgery.GetAndStoreTokens(HttpContext).RequestToken : null;

    /// <param name="document">The document to show.</param>
    /// <param name="title">The same by its title, as links from other places name it.</param>
    public void OnGet(string? document, [FromQuery(Name = "urls.primaryName")] string? title) =>
        Shown = documents.Find(document ?? title);
}
