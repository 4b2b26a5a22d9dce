using Turnstone.Nodes;
using Turnstone.Nodes.Cluster;
using Turnstone.Nodes.Scenarios;

// bench/nodes builds what this needs and starts it: Turnstone.Nodes PROGRAM NEXT [--out FILE] [scenario …]
if (args.Length < 2)
{
    Console.Error.WriteLine("Start it by bench/nodes.");
    return 2;
}

List<string> words = [.. args[2..]];
string? file = null;
if (words.IndexOf("--out") is >= 0 and var at && at + 1 < words.Count)
{
    file = words[at + 1];
    words.RemoveRange(at, 2);
}

if (words.Find(word => Scenario.All.All(scenario => scenario.Name != word)) is { } unknown)
{
    Console.Error.WriteLine(
        $"There is no scenario {unknown}. There "
            + $"are: {string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}."
    );
    return 2;
}

var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-clusters-");
File.SetUnixFileMode(
    folder.FullName,
    File.GetUnixFileMode(folder.FullName) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
);
var place = new Place(args[0], args[1], folder.FullName);
List<Findings> all = [];
try
{
    foreach (var scenario in Scenario.All.Where(scenario => words.Count == 0 || words.Contains(scenario.Name)))
    {
        await foreach (var findings in WholeAsync(scenario))
        {
            all.Add(findings);
            Console.WriteLine(Report.Text(findings));
        }
    }
}
finally
{
    folder.Delete(recursive: true);
}

if (file is not null)
{
    await File.WriteAllTextAsync(file, Report.Markdown(all, await Conditions.TextAsync()));
}

Console.WriteLine($"{all.Count(one => one.Held)} held, {all.Count(one => !one.Held)} did not hold");
return all.TrueForAll(one => one.Held) ? 0 : 1;

// A scenario that breaks off has not held; the others are run all the same.
async IAsyncEnumerable<Findings> WholeAsync(Scenario scenario)
{
    await using var parts = scenario.Run(place).GetAsyncEnumerator();
    while (true)
    {
        Findings? broken = null;
        try
        {
            if (!await parts.MoveNextAsync())
            {
                yield break;
            }
        }
#pragma warning disable CA1031 // whatever broke it off is told in the report
        catch (Exception reason)
#pragma warning restore CA1031
        {
            broken = new Findings { Scenario = scenario.Name, Done = "broke off" };
            broken.Must($"it runs to its end: {reason.Message.ReplaceLineEndings(" ")}", held: false);
        }

        yield return broken ?? parts.Current;
        if (broken is not null)
        {
            yield break;
        }
    }
}
