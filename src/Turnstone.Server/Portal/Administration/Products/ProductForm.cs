using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Administration.Products;

/// <summary>A page with the fields of a product.</summary>
public abstract class ProductForm(TurnstoneSettings settings) : AdministrationPage
{
    public IReadOnlyList<OfferedScope> Known { get; } = settings.KnownScopes;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public bool ApprovalRequired { get; set; }

    [BindProperty]
    public IReadOnlyList<string> Chosen { get; set; } = [];

    public ActForm Act => Form(new(Handler, "", ""));

    protected const string Handler = "Save";

    /// <summary>The product, if all fields are valid; otherwise each wrong field has its error.</summary>
    protected ProductFacts? Read()
    {
        var facts = new ProductFacts(Name?.Trim() ?? "", Description?.Trim() ?? "", ApprovalRequired)
        {
            Scopes = Scopes.Of(Known.Select(scope => scope.Name).Where(Chosen.Contains)),
        };
        if (!ProductFacts.IsName(facts.Name))
        {
            Refuse(nameof(Name), Words["ProductNameWrong", ProductFacts.LongestName]);
        }

        if (!ProductFacts.IsDescription(facts.Description))
        {
            Refuse(nameof(Description), Words["ProductDescriptionWrong", ProductFacts.LongestDescription]);
        }

        return ModelState.IsValid ? facts : null;
    }

    protected void RefuseTaken() => Refuse(nameof(Name), Words["ProductNameTaken"]);
}
