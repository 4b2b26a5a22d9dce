using Microsoft.AspNetCore.Razor.TagHelpers;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;tr served="/v3"&gt;</c>: a part of a text about a contract, by its path; left out where that contract is
/// switched off. Of several paths, separated by spaces, one has to be served.
/// </summary>
[HtmlTargetElement("tr", Attributes = "served")]
public sealed class ServedTagHelper(ContractList contracts) : TagHelper
{
    public required string Served { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!Served.Split(' ').Any(path => contracts.All.Any(contract => contract.Prefix == path)))
        {
            output.SuppressOutput();
        }
    }
}
