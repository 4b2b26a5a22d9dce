using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Faults;
using Turnstone.Chaos.Proof;
using Turnstone.Chaos.Proxy;
using Turnstone.Nodes;

// bench/chaos builds what this needs and starts it:
// Turnstone.Chaos proxy SERVER PORT SEED PERCENT
// Turnstone.Chaos ROOT PROGRAM DRIVER [--short] [--seed NUMBER] [--pace NUMBER] [--out FILE]
switch (args)
{
    case ["proxy", var server, var port, var seed, var percent]:
        return await PassAsync(new Uri(server), int.Parse(port), ulong.Parse(seed), int.Parse(percent));
    case [StockOidcClient.Word]:
        await StockOidcClient.RunAsync();
        return 0;
    case [var root, var program, var driver, .. var words]:
        return await ProveAsync(root, program, driver, words);
    default:
        Console.Error.WriteLine("Start it by bench/chaos.");
        return 2;
}

static async Task<int> PassAsync(Uri server, int port, ulong seed, int percent)
{
    await using var proxy = new FaultProxy([server], new SeededFaults(seed, percent), port);
    Console.WriteLine($"{proxy.Address} passes requests to {server}; {percent} of 100 meet a fault; seed {seed}.");
    await Task.Delay(Timeout.Infinite);
    return 0;
}

static async Task<int> ProveAsync(string root, string program, string driver, string[] words)
{
    var seed = Word("--seed") is { } given ? ulong.Parse(given) : 1;
    var plan = (words.Contains("--short") ? ProofPlan.Short(seed) : ProofPlan.Full(seed)).Slower(
        int.Parse(Word("--pace") ?? "1")
    );
    var result = await FullProof.RunAsync(root, program, driver, plan);
    Console.WriteLine(result.Markdown());
    foreach (var fleet in result.Fleets)
    {
        Tell(fleet, "fell over", fleet.Died);
    }

    foreach (var fleet in result.Ours)
    {
        Tell(fleet, "lost", fleet.Reasons);
        Tell(fleet, "before an alarm", fleet.Stories);
    }

    if (Word("--out") is { } file)
    {
        await File.WriteAllTextAsync(file, $"{result.Markdown()}\n{await Conditions.TextAsync()}\n");
    }

    Console.WriteLine(result.Held ? "held" : "DID NOT HOLD");
    return result.Held ? 0 : 1;

    static void Tell(FleetResult fleet, string what, IReadOnlyList<string> reasons)
    {
        foreach (var reason in reasons)
        {
            Console.WriteLine($"{what} ({fleet.Name}): {reason}");
        }
    }

    string? Word(string name) =>
        Array.IndexOf(words, name) is >= 0 and var at && at + 1 < words.Length ? words[at + 1] : null;
}
