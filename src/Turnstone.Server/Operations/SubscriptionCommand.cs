using System.CommandLine;
using System.CommandLine.Parsing;
using Turnstone.Administration;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Operations;

internal sealed class SubscriptionCommand : Command
{
    private const int Page = 200;

    public SubscriptionCommand(CommandHost context)
        : base("subscription", "Lists, suspends and resumes subscriptions.")
    {
        Add(List(context));
        Add(
            Move(
                context,
                "suspend",
                "Suspends active subscriptions: what was opened with them ends, and their keys open nothing.",
                SubscriptionState.Active,
                SubscriptionState.Suspended,
                (approval, id, cancel) => approval.SuspendAsync(id, Caller.Operator, cancel)
            )
        );
        Add(
            Move(
                context,
                "resume",
                "Makes suspended subscriptions active again, with the keys that they have.",
                SubscriptionState.Suspended,
                SubscriptionState.Active,
                (approval, id, cancel) => approval.ResumeAsync(id, Caller.Operator, cancel)
            )
        );
    }

    private static Command List(CommandHost context)
    {
        var whose = new Whose();
        var state = new Option<SubscriptionState?>("--state") { Description = "Only those of this state, as Active." };
        var (limit, json) = (Output.LimitOption(), Output.JsonOption());
        var command = new Command("list", "Lists subscriptions, the oldest first.")
        {
            whose.Account,
            whose.Product,
            state,
            limit,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        if (await whose.ReadAsync(parsed, services, cancel) is not { } query)
                        {
                            return Whose.Refuse(context.Output);
                        }

                        var store = services.GetRequiredService<ISubscriptionStore>();
                        query = query with { State = parsed.GetValue(state), Limit = parsed.GetValue(limit) };
                        var products = (await store.ListProductsAsync(cancel)).ToDictionary(one => one.Id);
                        context.Output.WriteList(
                            (await store.SearchAsync(query, cancel)).Select(one => new
                            {
                                one.Id,
                                one.AccountId,
                                Product = products.GetValueOrDefault(one.ProductId)?.Name,
                                State = $"{one.State}",
                                one.CreatedAt,
                            }),
                            parsed.GetValue(json)
                        );
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command Move(
        CommandHost context,
        string name,
        string description,
        SubscriptionState from,
        SubscriptionState to,
        Func<SubscriptionApproval, Guid, CancellationToken, Task<Subscription?>> move
    )
    {
        var id = new Argument<Guid?>("ID")
        {
            Description = "One, as subscription list shows it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (whose, json) = (new Whose(), Output.JsonOption());
        var command = new Command(name, description) { id, whose.Account, whose.Product, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is null != whose.IsGiven(result))
            {
                result.AddError("Give the ID of one, or whose: --account, --product, or both.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                context.RunAsync(
                    async (services, cancel) =>
                    {
                        var store = services.GetRequiredService<ISubscriptionStore>();
                        var approval = services.GetRequiredService<SubscriptionApproval>();
                        if (parsed.GetValue(id) is { } one)
                        {
                            return await store.FindAsync(one, cancel) is not { } found
                                    ? context.Output.Refuse(
                                        "There is no subscription with this id: see subscription list."
                                    )
                                : found.State != from && found.State != to
                                    ? context.Output.Refuse($"This subscription is {found.State}.")
                                : context.Output.Changed(
                                    $"{one}",
                                    $"{to}",
                                    await move(approval, one, cancel) is not null,
                                    parsed.GetValue(json)
                                );
                        }

                        if (await whose.ReadAsync(parsed, services, cancel) is not { } query)
                        {
                            return Whose.Refuse(context.Output);
                        }

                        var moved = await MoveAllAsync(
                            store,
                            query with
                            {
                                State = from,
                            },
                            subscription => move(approval, subscription, cancel),
                            cancel
                        );
                        Tell(context.Output, moved, to, parsed.GetValue(json));
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    /// <summary>Each in a commit of its own; one that was changed meanwhile is left as it is.</summary>
    private static async Task<int> MoveAllAsync(
        ISubscriptionStore store,
        SubscriptionQuery query,
        Func<Guid, Task<Subscription?>> move,
        CancellationToken cancellationToken
    )
    {
        var moved = 0;
        IReadOnlyList<Subscription> page;
        do
        {
            page = await store.SearchAsync(query with { Limit = Page }, cancellationToken);
            foreach (var subscription in page)
            {
                moved += await move(subscription.Id) is null ? 0 : 1;
                query = query with { After = subscription.Id };
            }
        } while (page.Count == Page);

        return moved;
    }

    private static void Tell(Output output, int moved, SubscriptionState state, bool json)
    {
        if (json)
        {
            output.WriteJson(new { State = $"{state}", Changed = moved });
            return;
        }

        output.WriteLine($"{moved} {(moved == 1 ? "subscription is" : "subscriptions are")} now {state}.");
    }

    /// <summary>The options that say whose subscriptions, and to what.</summary>
    private sealed class Whose
    {
        public Option<string?> Account { get; } = new("--account") { Description = "Those of this account, by email." };

        public Option<string?> Product { get; } = new("--product") { Description = "Those to this product." };

        public static int Refuse(Output output) => output.Refuse("There is no account or product with this name.");

        public bool IsGiven(SymbolResult result) =>
            result.GetValue(Account) is not null || result.GetValue(Product) is not null;

        /// <summary>Null where there is no account or product of the name.</summary>
        public async Task<SubscriptionQuery?> ReadAsync(
            ParseResult parsed,
            IServiceProvider services,
            CancellationToken cancellationToken
        )
        {
            var query = new SubscriptionQuery();
            if (parsed.GetValue(Account) is { } email)
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                if (await accounts.FindAsync(email, cancellationToken) is not { } owner)
                {
                    return null;
                }

                query = query with { AccountId = owner.Id };
            }

            if (parsed.GetValue(Product) is { } name)
            {
                var store = services.GetRequiredService<ISubscriptionStore>();
                if (await store.FindProductAsync(name, cancellationToken) is not { } product)
                {
                    return null;
                }

                query = query with { ProductId = product.Id };
            }

            return query;
        }
    }
}
