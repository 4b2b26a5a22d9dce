using Turnstone.Server.Portal.Guides;

namespace Turnstone.Server.Tests.Portal.Guides;

public sealed class GuideTablesTests
{
    [Fact]
    public void A_cell_says_what_its_column_is()
    {
        const string Text = """
            <p>before</p>
            <div class="table" tabindex="0" role="region" aria-label="x">
            <table>
            <thead><tr>
            <th scope="col">Status</th><th scope="col"><code>Code</code></th><th>It &quot;means&quot;</th></tr></thead>
            <tbody>
            <tr><td>400</td><th scope="row"><code>a</code></th><td>one</td></tr>
            <tr><td>401</td><th scope="row"><code>b</code></th><td>two</td><td>more than there are columns</td></tr>
            </tbody>
            </table>
            </div>
            <div class="table"><table><tbody><tr><td>no head</td></tr></tbody></table></div>
            """;

        var labelled = GuideTables.Labelled(Text);

        Assert.Contains("""<div class="table cards" tabindex="0" role="region" aria-label="x">""", labelled, Plain);
        Assert.Contains("""<td data-label="Status">400</td><th scope="row"><code>a</code></th>""", labelled, Plain);
        Assert.Contains("""<td data-label="It &quot;means&quot;">two</td><td>more""", labelled, Plain);
        Assert.Contains("""<div class="table"><table><tbody><tr><td>no head""", labelled, Plain);
        Assert.StartsWith("<p>before</p>", labelled, Plain);
    }

    private const StringComparison Plain = StringComparison.Ordinal;
}
