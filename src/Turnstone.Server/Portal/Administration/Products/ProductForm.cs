using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;

namespace Turnstone.Server.Portal.Administration.Products;

/// <summary>A page with the fields of a product.</summary>
public abstract class ProductForm : AdministrationPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public bool ApprovalRequired { get; set; }

    public ActForm Act => Form(new(Handler, "", ""));

    protected const string Handler = "Save";

    /// <summary>The product, if all fields are valid; otherwise each wrong field has its error.</summary>
    protected ProductFacts? Read()
    {
        var facts = new ProductFacts(Name?.Trim() ?? "", Description?.Trim() ?? "", ApprovalRequired);
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
