using System.CommandLine;
using Turnstone.Directory;

namespace Turnstone.Server.Operations;

internal sealed class ProductCommand : Command
{
    public ProductCommand(CommandHost context)
        : base("product", "Lists products.")
    {
        var json = Output.JsonOption();
        var list = new Command("list", "Lists the products that customers may subscribe to.") { json };
        list.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var found = await services.GetRequiredService<ISubscriptionStore>().ListProductsAsync(cancel);
                        context.Output.WriteList(
                            found.Select(product => new
                            {
                                product.Id,
                                product.Name,
                                product.ApprovalRequired,
                                Scopes = $"{product.Scopes}",
                                product.CreatedAt,
                            }),
                            parsed.GetValue(json)
                        );
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        Add(list);
    }
}
